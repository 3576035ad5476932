package sheet

// Headings may stand in two rows: a title such as Address, merged over Line 1,
// Town and Postcode, and beside it headings that are merged over both rows. In a
// file the text of merged cells stands in the first of them.

// stacked joins a row of headings with the sparse one above it: "Address Line 1".
// It is nil if the row above makes no more of them known: then it is a title of
// the whole list, or something else.
func stacked(above, below []string, known func(heading string) bool) []string {
	if clean(above) == nil || len(clean(below)) == 0 {
		return nil
	}
	alone, together := 0, 0
	header := make([]string, max(len(above), len(below)))
	title := ""
	for i := range header {
		over, under := cellOr(above, i), cellOr(below, i)
		if over != "" {
			title = over
		}
		header[i] = under
		switch {
		case under == "":
			header[i], title = over, "" // what stands above reaches down to here
		case title == "":
		case known(under) && !known(title+" "+under):
			if over == "" { // a heading of its own, to the right of a title
				title = ""
			}
		case known(under+" "+title) && !known(title+" "+under): // Name over First
			header[i] = under + " " + title
		default:
			header[i] = title + " " + under
		}
		if known(under) {
			alone++
		}
		if known(header[i]) {
			together++
		}
	}
	if together <= alone {
		return nil
	}
	return header
}

// cellOr is a cell as a heading is shown, blank beyond the end.
func cellOr(cells []string, i int) string {
	if i >= len(cells) {
		return ""
	}
	if one := clean(cells[i : i+1]); len(one) == 1 {
		return one[0]
	}
	return ""
}
