//! The whole system over real sockets, and the binary as people run it. Nothing here asserts how long something takes;
//! what has to come about is waited for, within a generous bound.

mod support;

mod articles;
mod bounces;
mod channels;
mod cli;
mod corpus;
mod demo;
mod doubt;
mod fail_open;
mod fail_open_delivery;
mod families;
mod fetch;
mod killed;
mod laws;
mod layering;
mod line;
mod operator;
mod outbox;
mod probe;
mod render;
mod restart;
mod rules;
mod secure_smtp;
mod simulation;
mod smtp;
mod socket;
mod stances;
mod stop;
mod transport;
mod year;
