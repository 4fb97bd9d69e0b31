//! The metadata database as its users see it: what is in force, for whom, until when, and what the disk shows.
mod access;
mod at_rest;
mod audit;
mod attributes;
mod models;
mod sessions;
mod tenants;
mod world;
