//! JUnit's XML, for continuous integration.
use super::place;
use tessera_app::{Mutation, TestReport};

/// Each test is a test case, and so is each rule that no test misses.
pub(super) fn document(reports: &[TestReport], mutation: Option<&Mutation>) -> String {
    let unnoticed = mutation.map_or(&[][..], |mutation| mutation.unnoticed.as_slice());
    let failed = reports.iter().filter(|report| !report.failures.is_empty()).count() + unnoticed.len();
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"policy tests\" tests=\"{}\" failures=\"{failed}\">\n",
        reports.len() + unnoticed.len(),
    );
    for report in reports {
        text.push_str(&case(&report.at.file, &report.name, &report.failures.join("\n")));
    }
    for mutant in unnoticed {
        let name = format!("some test notices {}", mutant.what);
        text.push_str(&case(&mutant.at.file, &name, &format!("{}: no test notices", place(mutant))));
    }
    text.push_str("</testsuite>\n");
    text
}

fn case(file: &str, name: &str, failure: &str) -> String {
    let opening = format!("  <testcase classname=\"{}\" name=\"{}\"", escaped(file), escaped(name));
    if failure.is_empty() {
        return format!("{opening}/>\n");
    }
    format!("{opening}>\n    <failure message=\"{}\"/>\n  </testcase>\n", escaped(failure))
}

/// For the value of an attribute. Characters that XML cannot hold are replaced.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            other if other.is_control() || matches!(other, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn names_cannot_break_out_of_an_attribute() {
        assert_eq!(escaped("a \"b\" <c> & \u{1}\n"), "a &quot;b&quot; &lt;c&gt; &amp; \u{fffd}&#10;");
    }
}
