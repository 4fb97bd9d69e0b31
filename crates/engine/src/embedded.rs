//! The embedded engine: DataFusion over files.
//!
//! A query's way: physical tables → [`governed::Body`] of each relation, planned in private → the person's statement,
//! planned over nothing but the relations → [`totality`] decides whether something may fail → the bodies take the place of
//! their names, behind a [`fence`] if so → one optimized plan.
mod adapted;
mod cooperate;
mod engine;
mod expressions;
mod extremes;
mod fence;
mod floats;
mod governed;
mod mask_hash;
mod masked;
mod padded;
pub(crate) mod planner;
mod reject;
mod repeated_names;
mod rounding;
mod self_test;
pub(crate) mod session;
mod sides;
pub(crate) mod totality;
mod truncation;

pub(crate) use engine::FilesEngine;
#[cfg(test)]
pub(crate) use {
    engine::{BodyRequest, ReadBody, RelationRequest, Request},
    governed::Fencing,
};
