package main

import (
	"slices"

	"github.com/clarion-clp/clarion/engine/plan"
)

type listsApproveCmd struct {
	Sheet  string `arg:"" help:"The sheet's number."`
	Rows   string `help:"Only these rows: where each letter is to be looked at, they are named." placeholder:"ROWS" xor:"rows"`
	Except string `help:"All but these rows." placeholder:"ROWS" xor:"rows"`
}

func (*listsApproveCmd) Help() string {
	return examples(`clarion lists approve 17 --rows 1,3-5 --as membership_officer`)
}

func (c *listsApproveCmd) Run(s *session) error {
	o, sheet, named, err := s.openSheet(c.Sheet, c.Rows+c.Except)
	if err != nil {
		return err
	}
	defer o.Close()
	yes, err := o.ApproveSheet(s.ctx, s.As, c.Sheet, c.Rows != "", func(row int) bool { return named[row] == (c.Rows == "") })
	if err != nil {
		return err
	}
	if s.JSON {
		return s.out.json(object{"sheet": sheet.Name(), "approved": rowsIn(yes)})
	}
	s.out.say("%s may be posted. Print: %s lists print %s --post FILE --as %s", plural(len(yes), "letter", "letters"), s.me, sheet.Name(), s.As)
	return nil
}

type listsStrikeCmd struct {
	Sheet  string `arg:"" help:"The sheet's number."`
	Rows   string `arg:"" help:"The rows: 3,5-7."`
	Reason string `help:"Why." required:"" placeholder:"TEXT"`
}

func (*listsStrikeCmd) Help() string {
	return examples(`clarion lists strike 17 3 --reason "has moved abroad" --as membership_officer`)
}

func (c *listsStrikeCmd) Run(s *session) error {
	o, sheet, named, err := s.openSheet(c.Sheet, c.Rows)
	if err != nil {
		return err
	}
	defer o.Close()
	off, err := o.StrikeSheet(s.ctx, s.As, c.Sheet, c.Reason, func(row int) bool { return named[row] })
	if err != nil {
		return err
	}
	if s.JSON {
		return s.out.json(object{"sheet": sheet.Name(), "struck": rowsIn(off)})
	}
	left := slices.DeleteFunc(slices.Clone(sheet.Lines), func(l plan.SheetLine) bool { return l.Over != "" || named[l.Row] })
	s.out.say("Struck %s off sheet %s; %d left open.", plural(len(off), "person", "people"), sheet.Name(), len(left))
	return nil
}

// rowsIn are the rows of some lines.
func rowsIn(lines []plan.SheetLine) []int {
	rows := make([]int, len(lines))
	for i, x := range lines {
		rows[i] = x.Row
	}
	return rows
}
