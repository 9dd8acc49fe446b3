//! The whole system over real sockets, and the binary as people run it. Nothing here asserts how long something takes;
//! what has to come about is waited for, within a generous bound.

mod support;

mod articles;
mod cli;
mod corpus;
mod demo;
mod doubt;
mod families;
mod fetch;
mod hostile;
mod laws;
mod layering;
mod line;
mod page;
mod peers;
mod probe;
mod reload;
mod render;
mod restart;
mod rules;
mod simulation;
mod smtp;
mod socket;
mod stop;
mod transport;
