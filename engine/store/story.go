package store

import (
	"time"
)

// A Turn is one thing that happened to a message, as the log says.
type Turn struct {
	At   time.Time
	By   string // role, or clarion
	What string // approved, rejected, tried, sent, deferred, failed, uncertain
	Auto bool   // approved by trust
	Why  string // the key of the words of a refusal
	Code int    // of the server's answer
}

// Story is what was decided about a message and how it was tried to be sent, in
// order.
func (t *Tx) Story(message int64) ([]Turn, error) {
	var out []Turn
	err := t.each(`select verdict, auto, decided, decided_by, reason from decisions where constituency = ? and message = ? order by seq`,
		[]any{here, message}, func(scan func(...any) error) error {
			var x Turn
			var auto, at int64
			if err := scan(&x.What, &auto, &at, &x.By, &x.Why); err != nil {
				return err
			}
			x.Auto, x.At = auto == 1, time.UnixMicro(at).UTC()
			out = append(out, x)
			return nil
		})
	if err != nil {
		return nil, explain("reading what was decided about a message", err)
	}
	err = t.each(`select outcome, code, claimed, coalesce(finished, claimed) from attempts where constituency = ? and message = ? order by number`,
		[]any{here, message}, func(scan func(...any) error) error {
			x := Turn{By: "clarion"}
			var claimed, finished int64
			if err := scan(&x.What, &x.Code, &claimed, &finished); err != nil {
				return err
			}
			if x.What == "" {
				x.What = "tried"
			}
			x.At = time.UnixMicro(finished).UTC()
			out = append(out, x)
			return nil
		})
	return out, explain("reading how a message was sent", err)
}
