package mailbox

import (
	"errors"
	"net"
	"sync"
	"time"
)

// What ends a line.
var (
	errLate  = errors.New("the server did not answer in time")
	errFlood = errors.New("the server sent more than it was asked for")
	errGone  = errors.New("the connection is gone")
)

// A line is a connection that ends itself when an answer is expected and the
// server says nothing for too long, or says more than was asked for. The IMAP
// library waits for ever otherwise.
type line struct {
	net.Conn
	limit time.Duration

	mu        sync.Mutex
	watch     *time.Timer
	expecting bool
	left      int64
	ended     error
}

func newLine(c net.Conn, limit time.Duration, bytes int64) *line {
	l := &line{Conn: c, limit: limit, left: bytes, expecting: true}
	l.watch = time.AfterFunc(limit, l.tooLate)
	return l
}

// expect begins to expect an answer of at most so many bytes.
func (l *line) expect(bytes int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.left, l.expecting = bytes, true
	l.watch.Reset(l.limit)
}

// rest expects nothing more.
func (l *line) rest() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.expecting = false
	l.watch.Stop()
}

func (l *line) tooLate() {
	l.mu.Lock()
	if l.expecting && l.ended == nil {
		l.ended = errLate
	}
	l.mu.Unlock()
	l.cut()
}

// moved notes that so many bytes came or went: as long as any do, nothing is
// too late.
func (l *line) moved(came int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.expecting {
		l.watch.Reset(l.limit)
	}
	if l.left -= int64(came); l.left < 0 {
		l.ended = errFlood
		return errFlood
	}
	return nil
}

// cut ends the connection without a word.
func (l *line) cut() { _ = l.Conn.Close() }

// why is why the line ended itself, or nil.
func (l *line) why() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ended
}

func (l *line) Read(b []byte) (int, error) {
	n, err := l.Conn.Read(b)
	if n > 0 {
		if flood := l.moved(n); flood != nil {
			l.cut()
			return 0, flood
		}
	}
	return n, err
}

func (l *line) Write(b []byte) (int, error) {
	n, err := l.Conn.Write(b)
	if n > 0 {
		_ = l.moved(0)
	}
	return n, err
}

// Close ends the watch as well.
func (l *line) Close() error {
	l.mu.Lock()
	l.expecting = false
	l.watch.Stop()
	l.mu.Unlock()
	return l.Conn.Close()
}
