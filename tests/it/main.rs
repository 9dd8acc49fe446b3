//! The whole system over real sockets, and the binary as people run it. Nothing here asserts how long something takes;
//! what has to come about is waited for, within a generous bound.

mod support;

mod cli;
mod demo;
mod fetch;
mod layering;
mod line;
mod restart;
mod simulation;
mod smtp;
mod socket;
mod stop;
