// Smtpsink is a mail server for tests that kill the sender. It takes every
// letter, and before it says so it writes the letter down and has the file on
// the disk: what its record holds was accepted, whatever the sender knows.
//
//	smtpsink -record FILE [-addr 127.0.0.1:0] [-delay-after-data 50ms] [-drop-rate 0.1] [-seed 1]
//
// It prints "listening ADDRESS" when it is ready. Each line of the record is
// one accepted letter: {"message_id":…,"ref":…,"from":…,"to":…,"time":…,"bytes":…,"connection":…,"again":…,"answered":…}.
package main

import (
	"flag"
	"fmt"
	"net"
	"os"
	"os/signal"
)

func main() {
	var o options
	addr := flag.String("addr", "127.0.0.1:0", "where to listen; port 0 is any free one")
	flag.StringVar(&o.record, "record", "", "the file that accepted letters are written down in")
	flag.DurationVar(&o.delay, "delay-after-data", 0, "how long to wait between writing a letter down and saying so")
	flag.Float64Var(&o.dropRate, "drop-rate", 0, "the share of letters, 0 to 1, that are written down and then hung up on")
	flag.Uint64Var(&o.seed, "seed", 1, "chooses which those are")
	flag.Parse()
	if err := run(*addr, o); err != nil {
		fmt.Fprintln(os.Stderr, "smtpsink:", err)
		os.Exit(1)
	}
}

func run(addr string, o options) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	s, err := newSink(o)
	if err != nil {
		return err
	}
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt)
	go func() {
		<-interrupted
		_ = s.server.Close()
	}()
	fmt.Println("listening", l.Addr())
	return s.serve(l)
}
