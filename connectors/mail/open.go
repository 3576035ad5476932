package mail

import (
	"context"
	"errors"
	"io"
	"net/textproto"

	"github.com/clarion-clp/clarion/engine/letter"
)

// stepwise says who writes to whom and that the letter follows, and waits for
// each answer. A body that is nothing was not agreed to; gone is as in transact.
func (s *SMTP) stepwise(ctx context.Context, from, to string) (body io.WriteCloser, out letter.Outcome, gone bool) {
	out, ok := s.says(ctx, atSender, func() error { return s.client.Mail(from) })
	if !ok {
		return nil, out, s.client == nil
	}
	if out, ok = s.says(ctx, atRecipient, func() error { return s.client.Rcpt(to) }); ok {
		out, ok = s.says(ctx, atData, func() (err error) { body, err = s.client.Data(); return err })
	}
	if !ok {
		s.reset()
		return nil, out, false
	}
	return body, out, false
}

// atOnce says the same in one breath, to a server that allows it (PIPELINING),
// and then reads the three answers: of four round trips a letter two are left.
func (s *SMTP) atOnce(ctx context.Context, from, to string) (body io.WriteCloser, out letter.Outcome, gone bool) {
	text := s.client.Text
	eight := ""
	if has, _ := s.client.Extension("8BITMIME"); has {
		eight = " BODY=8BITMIME"
	}
	s.extend(s.config.Timeout)
	lost := text.PrintfLine("MAIL FROM:%s%s\r\nRCPT TO:%s\r\nDATA", from, eight, to)
	var answers [3]error
	for i, code := range []int{250, 25, 354} {
		if answers[i] = lost; lost != nil {
			continue
		}
		s.extend(s.config.Timeout)
		_, _, answers[i] = text.ReadResponse(code)
		if !errors.As(answers[i], new(*textproto.Error)) {
			lost = answers[i] // whoever is gone says nothing more
		}
	}
	if lost == nil && answers[2] == nil && (answers[0] != nil || answers[1] != nil) {
		// Told to go on with a letter to nobody: it is none.
		if err := text.PrintfLine("."); err == nil {
			_, _, _ = text.ReadResponse(250)
		}
	}
	for i, at := range []stage{atSender, atRecipient, atData} {
		out, ok := s.says(ctx, at, func() error { return answers[i] })
		if ok {
			continue
		}
		if at != atSender {
			s.reset()
		}
		return nil, out, at == atSender && s.client == nil
	}
	return &lines{WriteCloser: text.DotWriter(), text: text}, out, false
}

// lines is the body of a letter, whose end the server answers.
type lines struct {
	io.WriteCloser
	text *textproto.Conn
	said string
}

// Close ends the letter and waits for the answer.
func (l *lines) Close() error {
	if err := l.WriteCloser.Close(); err != nil {
		return err
	}
	_, said, err := l.text.ReadResponse(250)
	l.said = said
	return err
}

// ServerResponse is the answer.
func (l *lines) ServerResponse() string { return l.said }
