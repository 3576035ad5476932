package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/connectors/mail"
	"github.com/clarion-clp/clarion/engine/letter"
)

// TestRecord sends letters, some of which are hung up on, and compares what
// the sender learned with what the record holds.
func TestRecord(t *testing.T) {
	record := filepath.Join(t.TempDir(), "record.jsonl")
	s, err := newSink(options{record: record, dropRate: 0.3, seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.serve(l) }()
	sender, err := mail.NewSMTP(mail.Config{Server: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, TLS: mail.NoTLS})
	if err != nil {
		t.Fatal(err)
	}
	learned := map[string]letter.OutcomeKind{}
	for i := range 20 {
		ref := fmt.Sprintf("m-%d", i)
		o := letter.Outgoing{Ref: ref, MessageID: ref + "@example.org", Date: time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC),
			Content: letter.Content{From: "secretary@example.org", To: "jo@example.org", Subject: "Hello", Text: "Hello\n"}}
		learned[ref] = sender.Send(context.Background(), o).Kind
	}
	if err := sender.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.server.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	unknown := 0
	for _, e := range read(t, record) {
		want := letter.Delivered
		if !e.Answered {
			want, unknown = letter.Unknown, unknown+1
		}
		if learned[e.Ref] != want || e.MessageID != "<"+e.Ref+"@example.org>" || e.To != "jo@example.org" {
			t.Errorf("%+v: the sender learned %v", e, learned[e.Ref])
		}
		delete(learned, e.Ref)
	}
	if len(learned) > 0 || unknown == 0 || unknown == 20 {
		t.Errorf("%d unknown; not in the record: %v", unknown, learned)
	}
}

func read(t *testing.T, file string) []entry {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var out []entry
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var e entry
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatal(err)
		}
		out = append(out, e)
	}
	return out
}
