//! Text with tabs into aligned columns, as Go's text/tabwriter does: a column is a block of neighbouring lines that have it.

/// Aligns cells that end in a tab. `min` is a column's least width, `padding` the space behind its widest cell.
///
/// ```
/// use daemonset_playground::kubectl::tabs;
/// assert_eq!(tabs::align("a\tb\nlong\tc\n", 0, 2), "a     b\nlong  c\n");
/// ```
pub fn align(text: &str, min: usize, padding: usize) -> String {
    let lines: Vec<Vec<&str>> = text
        .split('\n')
        .map(|line| line.split('\t').collect())
        .collect();
    let mut widths: Vec<Vec<usize>> = lines.iter().map(|_| Vec::new()).collect();
    // Each pass settles one column: runs of lines that have a cell there, under the same columns to the left.
    measure(&lines, &mut widths, 0..lines.len(), min, padding);
    let mut out = String::new();
    for (i, (cells, widths)) in lines.iter().zip(&widths).enumerate() {
        if i > 0 {
            out.push('\n');
        }
        for (cell, width) in cells
            .iter()
            .zip(widths.iter().map(Some).chain(std::iter::repeat(None)))
        {
            out.push_str(cell);
            if let Some(width) = width {
                let used = cell.chars().count();
                out.extend(std::iter::repeat_n(' ', width.saturating_sub(used)));
            }
        }
    }
    out
}

fn measure(
    lines: &[Vec<&str>],
    widths: &mut [Vec<usize>],
    range: std::ops::Range<usize>,
    min: usize,
    padding: usize,
) {
    // Blocks still to do: lines and column. A work list instead of recursion, so that many tabs can't overflow the stack.
    let mut todo = vec![(range, 0)];
    while let Some((range, column)) = todo.pop() {
        let has_cell = |i: usize| lines[i].len() > column + 1;
        let mut i = range.start;
        while i < range.end {
            if !has_cell(i) {
                i += 1;
                continue;
            }
            let start = i;
            let mut width = min;
            while i < range.end && has_cell(i) {
                width = width.max(lines[i][column].chars().count() + padding);
                i += 1;
            }
            for line in &mut widths[start..i] {
                line.push(width);
            }
            todo.push((start..i, column + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_aligned_by_themselves() {
        let text =
            "Name:\tx\nNamespace:\tdefault\nno cells\nA:\tb\n  long one:\tc\td\n  x:\tlonger\te\n";
        assert_eq!(
            align(text, 0, 2),
            "Name:       x\nNamespace:  default\nno cells\nA:           b\n  long one:  c       d\n  x:         longer  e\n"
        );
    }

    #[test]
    fn a_column_has_a_least_width() {
        assert_eq!(align("P\tQ\na\tb\n", 6, 3), "P     Q\na     b\n");
    }

    #[test]
    fn many_tabs() {
        let text = "\t".repeat(50_000);
        assert_eq!(align(&text, 0, 0), "");
    }
}
