//! Makes the data of the second organization, Globex, which rents out machines: who looks after them, and what broke.

use std::path::Path;

use tessera_engine::files::write::Column;

use super::generate::{GenerateError, Progress, once, write};

const MACHINES: u64 = 240;
const TECHNICIANS: u64 = 24;
const TICKETS: u64 = 6_000;

const MICROS_PER_MINUTE: i64 = 60_000_000;
/// 2024-01-01, in days since 1970-01-01.
const FIRST_DAY: i64 = 19_723;
/// Tickets are opened over two years.
const TICKET_DAYS: u64 = 731;

const MODELS: [(&str, i64); 6] = [
    ("Auger 300", 4_800),
    ("Boom lift 12", 7_250),
    ("Compactor R8", 3_900),
    ("Excavator X20", 14_500),
    ("Generator 60 kVA", 5_600),
    ("Telehandler T7", 9_900),
];
const SITES: [(&str, &str); 8] = [
    ("Antwerp", "Belgium"),
    ("Bilbao", "Spain"),
    ("Gdansk", "Poland"),
    ("Hamburg", "Germany"),
    ("Lyon", "France"),
    ("Munich", "Germany"),
    ("Porto", "Portugal"),
    ("Turin", "Italy"),
];
const FIRST_NAMES: [&str; 12] =
    ["Ana", "Bruno", "Carla", "Dario", "Elif", "Frank", "Greta", "Hugo", "Irena", "Jonas", "Katya", "Luis"];
const LAST_NAMES: [&str; 8] = ["Almeida", "Berger", "Costa", "Dubois", "Engel", "Ferrari", "Garcia", "Horak"];
const TEAMS: [&str; 4] = ["Electrics", "Engines", "Hydraulics", "Field service"];
const CATEGORIES: [&str; 5] = ["Breakdown", "Inspection", "Leak", "Noise", "Wear"];
const SEVERITIES: [&str; 4] = ["critical", "high", "normal", "low"];

struct Machine {
    id: i64,
    model: &'static str,
    site: &'static str,
    country: &'static str,
    installed_on: i32,
    daily_rate: i64,
}

struct Technician {
    id: i64,
    name: String,
    team: &'static str,
}

struct Ticket {
    id: i64,
    machine: i64,
    technician: i64,
    opened_at: i64,
    closed_at: Option<i64>,
    severity: &'static str,
    category: &'static str,
    repair_cost: i64,
    under_warranty: bool,
}

/// Makes `<out>/{machines,technicians,tickets}.parquet`, always the same rows, unless they are there already.
pub(crate) fn generate(out: &Path, progress: &mut dyn FnMut(Progress)) -> Result<(), GenerateError> {
    once(out, "globex, layout 1\n", |folder| {
        let mut dice = Dice(0x676c_6f62_6578);
        let machines = (1..=MACHINES).map(|id| machine(id, &mut dice)).collect::<Vec<_>>();
        let technicians = (1..=TECHNICIANS).map(|id| technician(id, &mut dice)).collect::<Vec<_>>();
        let tickets = (1..=TICKETS).map(|id| ticket(id, &mut dice)).collect::<Vec<_>>();
        write(
            folder,
            "machines",
            MACHINES,
            machines,
            vec![
                Column::int64("machine_id", |m: &Machine| m.id),
                Column::formatted("serial_number", |m: &Machine, out| write!(out, "GX-{:05}", 10_000 + 37 * m.id)),
                Column::text("model", |m: &Machine| m.model),
                Column::text("site", |m: &Machine| m.site),
                Column::text("country", |m: &Machine| m.country),
                Column::date("installed_on", |m: &Machine| m.installed_on),
                Column::hundredths("daily_rate", |m: &Machine| m.daily_rate),
            ],
            progress,
        )?;
        write(
            folder,
            "technicians",
            TECHNICIANS,
            technicians,
            vec![
                Column::int64("technician_id", |t: &Technician| t.id),
                Column::text("name", |t: &Technician| &t.name),
                Column::text("team", |t: &Technician| t.team),
            ],
            progress,
        )?;
        write(
            folder,
            "tickets",
            TICKETS,
            tickets,
            vec![
                Column::int64("ticket_id", |t: &Ticket| t.id),
                Column::int64("machine_id", |t: &Ticket| t.machine),
                Column::int64("technician_id", |t: &Ticket| t.technician),
                Column::timestamp("opened_at", |t: &Ticket| Some(t.opened_at)),
                Column::timestamp("closed_at", |t: &Ticket| t.closed_at),
                Column::text("severity", |t: &Ticket| t.severity),
                Column::text("category", |t: &Ticket| t.category),
                Column::hundredths("repair_cost", |t: &Ticket| t.repair_cost),
                Column::boolean("under_warranty", |t: &Ticket| t.under_warranty),
            ],
            progress,
        )
    })
}

fn machine(id: u64, dice: &mut Dice) -> Machine {
    let (model, daily_rate) = dice.pick(&MODELS);
    let (site, country) = dice.pick(&SITES);
    let age_days = dice.below(2_000) as i64;
    Machine { id: id as i64, model, site, country, installed_on: (FIRST_DAY - age_days) as i32, daily_rate }
}

fn technician(id: u64, dice: &mut Dice) -> Technician {
    let name = format!("{} {}", dice.pick(&FIRST_NAMES), dice.pick(&LAST_NAMES));
    Technician { id: id as i64, name, team: dice.pick(&TEAMS) }
}

fn ticket(id: u64, dice: &mut Dice) -> Ticket {
    // Most tickets are opened in working hours; the higher of two draws makes grave ones rare.
    let day = FIRST_DAY + dice.below(TICKET_DAYS) as i64;
    let minute = 360 + dice.below(420) as i64 + dice.below(420) as i64;
    let opened_at = (day * 1_440 + minute) * MICROS_PER_MINUTE;
    let gravity = dice.below(4).max(dice.below(4));
    let minutes_open = (30 + dice.below(2_880) * (1 + gravity)) as i64;
    let closed = dice.below(100) < 96;
    let is_inspection = dice.below(5) == 0;
    Ticket {
        id: id as i64,
        machine: 1 + dice.below(MACHINES) as i64,
        technician: 1 + dice.below(TECHNICIANS) as i64,
        opened_at,
        closed_at: closed.then_some(opened_at + minutes_open * MICROS_PER_MINUTE),
        severity: SEVERITIES.get(gravity as usize).copied().unwrap_or("low"),
        category: if is_inspection { "Inspection" } else { dice.pick(&CATEGORIES) },
        repair_cost: (1_500 + dice.below(60_000) * (4 - gravity)) as i64,
        under_warranty: dice.below(4) == 0,
    }
}

/// SplitMix64: the same rows on every machine, and no dependency.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }

    fn pick<T: Copy, const N: usize>(&mut self, of: &[T; N]) -> T {
        of[self.below(N as u64) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ticket_has_a_machine_a_technician_and_ends_after_it_began() {
        let mut dice = Dice(1);
        for id in 1..=TICKETS {
            let ticket = ticket(id, &mut dice);
            assert!((1..=MACHINES as i64).contains(&ticket.machine));
            assert!((1..=TECHNICIANS as i64).contains(&ticket.technician));
            assert!(ticket.closed_at.is_none_or(|closed| closed > ticket.opened_at));
        }
    }
}
