//! The metadata database as its users see it: what is in force, for whom, until when, and what the disk shows.
mod access;
mod at_rest;
mod attributes;
mod audit;
mod models;
mod postgres;
mod sessions;
mod snapshots;
mod support;
mod tenants;
mod trail;
mod world;
