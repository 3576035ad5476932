package ledger

import (
	"cmp"
	"slices"
	"time"
)

// A Departure is a letter that left, or may have, or was refused at the door,
// and when.
type Departure struct {
	Message
	Left time.Time
}

// Departures gives the letters to members that left then or later, in the order
// in which they did: those that were sent or came back, are on the wire or may
// have gone, and those that a server refused for good.
func (b *Book) Departures(since time.Time) []Departure {
	var found []Departure
	for i := range b.messages {
		m := &b.messages[i].Message
		if m.At.Before(since) || m.Kind != Letter || m.Person == 0 {
			continue
		}
		d := Departure{Left: m.SentAt}
		switch m.State {
		case Sent, Bounced, Uncertain, Claimed, Failed:
		default:
			continue
		}
		if d.Left.IsZero() {
			d.Left = m.At
		}
		if d.Left.Before(since) {
			continue
		}
		d.Message = b.messageOut(int64(i) + 1)
		found = append(found, d)
	}
	slices.SortFunc(found, func(x, y Departure) int { return cmp.Or(x.Left.Compare(y.Left), cmp.Compare(x.ID, y.ID)) })
	return found
}
