//! Field masks: which fields an update is about.

use prost_types::FieldMask;

use super::reader::{Path, Reader};

/// Which fields an update is about.
#[derive(Debug)]
pub enum Mask {
    /// Those that the request fills.
    Filled,
    /// Those that are named, and everything below a name.
    Named(Vec<String>),
    /// Every field that can be set; one that the request leaves empty is cleared.
    All,
}

impl Mask {
    /// Reads a mask.
    ///
    /// `settable` are the paths that it may name, on their own or by what they begin with; `ignored`
    /// those of output only, which it may name to no effect. Any other is noted with the known ones.
    pub fn read(
        reader: &mut Reader,
        mask: Option<FieldMask>,
        settable: &[&'static str],
        ignored: &[&str],
    ) -> Mask {
        let paths = mask.map_or_else(Vec::new, |mask| mask.paths);
        if paths.is_empty() {
            return Mask::Filled;
        }
        let masks = Path::Request.field("update_mask");
        let at = masks.field("paths");
        for (index, path) in paths.iter().enumerate() {
            let settable_here = settable.iter().any(|field| covers(path, field));
            let ignored_here = ignored.iter().any(|field| covers(field, path));
            if path != "*" && !settable_here && !ignored_here {
                let known: Vec<String> = settable.iter().map(|&field| field.to_owned()).collect();
                reader.unknown(&at.item(index), path, &known);
            }
        }
        if paths.iter().any(|path| path == "*") {
            Mask::All
        } else {
            Mask::Named(paths)
        }
    }

    /// Whether the update is about that field, which the request fills or does not.
    pub fn wants(&self, field: &str, filled: bool) -> bool {
        match self {
            Mask::Filled => filled,
            Mask::Named(paths) => paths.iter().any(|path| covers(path, field)),
            Mask::All => true,
        }
    }
}

/// Whether `path` is `field` or something that holds it.
fn covers(path: &str, field: &str) -> bool {
    field
        .strip_prefix(path)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTABLE: [&str; 4] = ["number", "customer.name", "customer.phone", "notes"];

    fn read(paths: &[&str]) -> (Mask, Vec<String>) {
        let mut reader = Reader::default();
        let mask = FieldMask {
            paths: paths.iter().map(|&path| path.to_owned()).collect(),
        };
        let mask = Mask::read(&mut reader, Some(mask), &SETTABLE, &["state", "version"]);
        (
            mask,
            reader
                .found()
                .iter()
                .map(|(field, _)| (*field).to_owned())
                .collect(),
        )
    }

    #[test]
    fn without_a_mask_the_filled_fields_are_meant() {
        for mask in [None, Some(FieldMask::default())] {
            let mask = Mask::read(&mut Reader::default(), mask, &SETTABLE, &[]);
            assert!(mask.wants("notes", true));
            assert!(!mask.wants("notes", false));
        }
    }

    #[test]
    fn a_name_means_itself_and_what_is_below_it() {
        let (mask, wrong) = read(&["customer", "notes"]);
        assert!(wrong.is_empty());
        for (field, meant) in [
            ("customer.name", true),
            ("customer.phone", true),
            ("notes", true),
            ("number", false),
        ] {
            assert_eq!(mask.wants(field, false), meant, "{field}");
        }
        let (mask, _) = read(&["customer.name"]);
        assert!(mask.wants("customer.name", false) && !mask.wants("customer.phone", true));
    }

    #[test]
    fn a_star_means_everything() {
        let (mask, wrong) = read(&["*"]);
        assert!(wrong.is_empty() && mask.wants("number", false));
    }

    #[test]
    fn output_only_names_are_passed_over_and_unknown_ones_refused_by_their_place() {
        let (_, wrong) = read(&[
            "state",
            "state.key",
            "version",
            "note",
            "notes.first",
            "customer.age",
        ]);
        let expected = [
            "update_mask.paths[3]",
            "update_mask.paths[4]",
            "update_mask.paths[5]",
        ];
        assert_eq!(wrong, expected);
    }
}
