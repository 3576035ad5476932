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
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	sheets, err := s.readableSheets(o, []string{c.Sheet})
	if err != nil {
		return err
	}
	named, err := rowsOf(c.Rows+c.Except, sheets[0])
	if err != nil {
		return err
	}
	yes, err := o.ApproveSheet(s.ctx, s.As, c.Sheet, c.Rows != "", func(row int) bool { return named[row] == (c.Rows == "") })
	if err != nil {
		return err
	}
	if s.JSON {
		return s.out.json(object{"sheet": sheets[0].Name(), "approved": rowsIn(yes)})
	}
	s.out.say("%s may be posted. Print: %s lists print %s --post FILE --as %s", plural(len(yes), "letter", "letters"), s.me, sheets[0].Name(), s.As)
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
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	sheets, err := s.readableSheets(o, []string{c.Sheet})
	if err != nil {
		return err
	}
	named, err := rowsOf(c.Rows, sheets[0])
	if err != nil {
		return err
	}
	off, err := o.StrikeSheet(s.ctx, s.As, c.Sheet, c.Reason, func(row int) bool { return named[row] })
	if err != nil {
		return err
	}
	if s.JSON {
		return s.out.json(object{"sheet": sheets[0].Name(), "struck": rowsIn(off)})
	}
	left := slices.DeleteFunc(slices.Clone(sheets[0].Lines), func(l plan.SheetLine) bool { return l.Over != "" || named[l.Row] })
	s.out.say("Struck %s off sheet %s; %d left open.", plural(len(off), "person", "people"), sheets[0].Name(), len(left))
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
