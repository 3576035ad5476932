package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/textproto"
	"os"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

type options struct {
	record   string
	delay    time.Duration
	dropRate float64
	seed     uint64
}

// An entry is one accepted letter, as a line of the record.
type entry struct {
	MessageID  string    `json:"message_id"`
	Ref        string    `json:"ref"`
	From       string    `json:"from"`
	To         string    `json:"to"`
	Time       time.Time `json:"time"`
	Bytes      int       `json:"bytes"`
	Connection int       `json:"connection"` // from 1, in the order they came
	Again      bool      `json:"again"`      // marked as what may be a second copy
	Answered   bool      `json:"answered"`   // false: it was to be hung up on
}

// A sink is the server and its record.
type sink struct {
	options
	server *smtp.Server

	mu     sync.Mutex
	file   *os.File
	chance *rand.Rand
	conns  int
}

func newSink(o options) (*sink, error) {
	if o.record == "" {
		return nil, errors.New("say where to write letters down: -record FILE")
	}
	file, err := os.OpenFile(o.record, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the record: %w", err)
	}
	s := &sink{options: o, file: file, chance: rand.New(rand.NewPCG(o.seed, 0))}
	s.server = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.conns++
		return &session{sink: s, conn: c, number: s.conns}, nil
	}))
	s.server.Domain = "smtpsink.example.org"
	s.server.ReadTimeout, s.server.WriteTimeout = time.Minute, time.Minute
	s.server.MaxMessageBytes = 64 << 20
	return s, nil
}

func (s *sink) serve(l net.Listener) error {
	err := s.server.Serve(l)
	if closing := s.file.Close(); closing != nil && err == nil {
		err = closing
	}
	if errors.Is(err, smtp.ErrServerClosed) || errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// write has an entry on the disk before it returns, and says whether the
// letter is to be answered.
func (s *sink) write(e entry) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e.Answered = s.chance.Float64() >= s.dropRate
	line, err := json.Marshal(e)
	if err != nil {
		return false, err
	}
	if _, err := s.file.Write(append(line, '\n')); err != nil {
		return false, err
	}
	return e.Answered, s.file.Sync()
}

// A session is one connection.
type session struct {
	*sink
	conn     *smtp.Conn
	number   int
	from, to string
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error { s.from = from; return nil }
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error   { s.to = to; return nil }
func (s *session) Reset()                                      { s.from, s.to = "", "" }
func (s *session) Logout() error                               { return nil }

// Data takes a letter only when the whole of it has come.
func (s *session) Data(r io.Reader) error {
	message, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	head, err := textproto.NewReader(bufio.NewReader(bytes.NewReader(message))).ReadMIMEHeader()
	if err != nil {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "The headers cannot be read"}
	}
	answered, err := s.write(entry{
		MessageID: head.Get("Message-Id"), Ref: head.Get("X-Clarion-Ref"), Again: head.Get("X-Clarion-Again") != "", From: s.from, To: s.to,
		Time: time.Now().UTC(), Bytes: len(message), Connection: s.number,
	})
	if err != nil {
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "The record cannot be written"}
	}
	time.Sleep(s.delay)
	if !answered {
		_ = s.conn.Conn().Close()
	}
	return nil
}
