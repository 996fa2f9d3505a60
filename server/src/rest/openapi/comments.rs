//! The comments of the protobuf files, by what they stand above.

use std::collections::HashMap;

use prost_reflect::DescriptorPool;

/// The words that begin the comment of a field and say what its annotation says too.
const BEHAVIOURS: [&str; 3] = ["Required. ", "Optional. ", "Output only. "];

/// Every comment, by file and path within it as descriptors give them.
pub struct Comments(HashMap<(String, Vec<i32>), String>);

impl Comments {
    /// Reads all comments of the pool's files.
    pub fn of(pool: &DescriptorPool) -> Comments {
        let mut comments = HashMap::new();
        for file in pool.files() {
            let source = file.file_descriptor_proto().source_code_info.as_ref();
            for location in source.iter().flat_map(|source| &source.location) {
                if let Some(text) = &location.leading_comments {
                    let at = (file.name().to_owned(), location.path.clone());
                    comments.insert(at, flow(text));
                }
            }
        }
        Comments(comments)
    }

    /// The comment above something; empty where there is none.
    pub fn above(&self, file: &str, path: &[i32]) -> &str {
        // The key is made for one look at a document that is built once.
        let at = (file.to_owned(), path.to_vec());
        self.0.get(&at).map_or("", String::as_str)
    }
}

/// A field's comment without the word for its behaviour, which the document says in its own way.
pub fn without_behaviour(comment: &str) -> &str {
    BEHAVIOURS
        .iter()
        .find_map(|word| comment.strip_prefix(word))
        .unwrap_or(comment)
}

/// The first sentence, without its full stop.
pub fn first_sentence(text: &str) -> &str {
    let paragraph = text.split("\n\n").next().unwrap_or(text);
    let end = paragraph.find(". ").unwrap_or(paragraph.len());
    paragraph[..end].trim_end_matches('.')
}

/// Lines put together to paragraphs; what stands between fences keeps its lines.
fn flow(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut fenced = false;
    for line in text.lines() {
        let line = line.strip_prefix(' ').unwrap_or(line).trim_end();
        let fence = line.starts_with("```");
        if line.is_empty() && !fenced {
            out.push_str("\n\n");
        } else {
            let between = if fenced || fence { "\n" } else { " " };
            if !out.is_empty() && !out.ends_with('\n') {
                out.push_str(between);
            }
            out.push_str(line);
        }
        fenced ^= fence;
    }
    out.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_flow_together_except_between_fences() {
        let text = " One\n two.\n\n Three:\n\n ```text\n a\n   b\n ```\n";
        assert_eq!(flow(text), "One two.\n\nThree:\n\n```text\na\n  b\n```");
    }

    #[test]
    fn the_first_sentence_ends_where_the_next_begins() {
        assert_eq!(
            first_sentence("Gets one order, v1.2. And more."),
            "Gets one order, v1.2"
        );
        assert_eq!(first_sentence("Only one.\n\nMore. And more."), "Only one");
    }
}
