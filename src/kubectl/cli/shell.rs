//! A typed line into words, as a POSIX shell would: quotes, escapes, comments; pipes and the like are refused.

/// The words of a line, or why there are none.
///
/// ```
/// use daemonset_playground::kubectl;
/// let words = kubectl::split(r#"kubectl patch ds agent -p '{"spec":{}}'"#).unwrap();
/// assert_eq!(words[5], r#"{"spec":{}}"#);
/// assert!(kubectl::split("kubectl get 'ds").is_err());
/// ```
pub fn split(line: &str) -> Result<Vec<String>, String> {
    shlex::split(line).ok_or_else(|| "a quote is not closed".to_owned())
}

/// Whether a quote is open behind a text that comes piece by piece. Agrees with `split`, in time that grows with the text.
#[derive(Debug, Default)]
pub struct Quotes {
    state: State,
    is_escaped: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum State {
    #[default]
    Gap,
    Word,
    Comment,
    Single,
    Double,
}

impl Quotes {
    pub fn read(&mut self, text: &str) {
        use State::*;
        for c in text.chars() {
            if std::mem::take(&mut self.is_escaped) {
                continue;
            }
            self.state = match (self.state, c) {
                (Gap | Word | Double, '\\') => {
                    self.is_escaped = true;
                    if self.state == Double { Double } else { Word }
                }
                (Gap, '#') => Comment,
                (Gap | Word, '\'') => Single,
                (Gap | Word, '"') => Double,
                (Single, '\'') | (Double, '"') => Word,
                (Gap | Word, ' ' | '\t') | (Gap | Word | Comment, '\n') => Gap,
                (Gap, _) => Word,
                (state, _) => state,
            };
        }
    }

    pub fn is_open(&self) -> bool {
        self.is_escaped || matches!(self.state, State::Single | State::Double)
    }
}

/// Words as a line that `split` takes apart again.
pub fn join<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    // shlex also quotes `=` and `:`, which nobody who types kubectl does.
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    let quoted = words.into_iter().map(|word| match shlex::try_quote(word) {
        _ if !word.is_empty() && word.chars().all(is_plain) => word.to_owned(),
        Ok(quoted) => quoted.into_owned(),
        // A NUL can't be typed.
        Err(_) => word.replace('\0', ""),
    });
    quoted.collect::<Vec<_>>().join(" ")
}

/// The heredoc that a line begins: `kubectl apply -f - <<EOF`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heredoc<'a> {
    /// The line before `<<`.
    pub command: &'a str,
    /// The line that ends the heredoc.
    pub mark: &'a str,
    /// `<<-` ignores tabs at the beginning of lines.
    strips_tabs: bool,
}

impl<'a> Heredoc<'a> {
    pub fn begun_by(line: &'a str) -> Option<Heredoc<'a>> {
        let (command, behind) = line.split_once("<<")?;
        let word = behind.trim_start_matches('-').trim();
        let mark = word.trim_matches(['\'', '"']);
        (!mark.is_empty()).then(|| Heredoc {
            command: command.trim_end(),
            mark,
            strips_tabs: behind.starts_with('-'),
        })
    }

    /// The content of a line below; `None` for the line that ends the heredoc.
    pub fn read<'b>(&self, line: &'b str) -> Option<&'b str> {
        let line = match self.strips_tabs {
            true => line.trim_start_matches('\t'),
            false => line,
        };
        (line != self.mark).then_some(line)
    }
}

/// A line with a heredoc below it (`kubectl apply -f - <<EOF` … `EOF`): the command and its standard input.
pub fn heredoc(text: &str) -> Result<(String, Option<String>), String> {
    let (line, body) = text.split_once('\n').unwrap_or((text, ""));
    if !line.contains("<<") {
        return Ok((line.to_owned(), None));
    }
    let heredoc = Heredoc::begun_by(line).filter(|it| !it.mark.contains(char::is_whitespace));
    let heredoc = heredoc.ok_or("a heredoc needs one word behind <<")?;
    let mut input = String::new();
    for line in body.lines() {
        let Some(line) = heredoc.read(line) else {
            return Ok((heredoc.command.to_owned(), Some(input)));
        };
        input.push_str(line);
        input.push('\n');
    }
    Err(format!(
        "the line {} that ends the heredoc is missing",
        heredoc.mark
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        let words = split(r#"label node n a="b c" d='e"f' g\ h # comment"#).unwrap();
        assert_eq!(words, ["label", "node", "n", "a=b c", "d=e\"f", "g h"]);
        let line = join(["label", "n", "a=b", "c d", "it's", ""]);
        assert_eq!(line, r#"label n a=b 'c d' "it's" ''"#);
        assert_eq!(split(&line).unwrap()[3..], ["c d", "it's", ""]);
        assert!(split("get \"ds").is_err());
        assert_eq!(split("").unwrap(), Vec::<String>::new());
    }

    #[test]
    fn quotes_are_open_where_a_line_has_no_words() {
        const SIGNS: [char; 7] = ['a', '\'', '"', '\\', '#', ' ', '\n'];
        for mut number in 0..7_u32.pow(6) {
            let mut text = String::new();
            while number > 0 {
                text.push(SIGNS[(number % 7) as usize]);
                number /= 7;
            }
            let mut quotes = Quotes::default();
            let (first, rest) = text.split_at(text.len() / 2);
            quotes.read(first);
            quotes.read(rest);
            assert_eq!(quotes.is_open(), split(&text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn heredocs() {
        let (line, input) = heredoc("kubectl apply -f - <<'EOF'\na: b\n  c\nEOF\n").unwrap();
        assert_eq!(
            (line.as_str(), input.as_deref()),
            ("kubectl apply -f -", Some("a: b\n  c\n"))
        );
        assert_eq!(
            heredoc("kubectl get ds").unwrap(),
            ("kubectl get ds".to_owned(), None)
        );
        let (_, input) = heredoc("a <<-EOF\n\tb\n\tEOF").unwrap();
        assert_eq!(input.as_deref(), Some("b\n"));
        assert!(heredoc("x <<EOF\nabc").is_err());
        assert!(heredoc("x <<EOF\nabc\n\tEOF").is_err());
        assert!(heredoc("x <<\nabc").is_err());
    }
}
