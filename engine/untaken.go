package engine

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/store"
)

const (
	// metaUntaken keeps since when files lie untaken: digests of what was said of
	// them, and no names.
	metaUntaken = "files.untaken"
	// patience is how long a file may wait for what comes by itself, such as a
	// program that has it open, until an officer hears of it.
	patience = 24 * time.Hour
)

// hearOf keeps, for the digest of the officer who looks after files, what a pass
// found and did not take, and since when it is so.
func (e *Engine) hearOf(ctx context.Context, p *Pass) error {
	now := e.Now()
	var before map[string]int64
	err := e.Store.View(ctx, func(tx *store.Tx) error {
		kept, err := tx.Meta(metaUntaken)
		if err == nil && kept != "" {
			err = json.Unmarshal([]byte(kept), &before)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("reading which files lie untaken: %w", err)
	}
	since := map[string]int64{}
	e.untaken = nil
	add := func(words string, later time.Duration) {
		sum := sha256.Sum256([]byte(words))
		key := hex.EncodeToString(sum[:8])
		if _, twice := since[key]; twice {
			return
		}
		since[key] = cmp.Or(before[key], now.UnixMicro())
		if at := time.UnixMicro(since[key]).Add(later); !at.After(now) {
			what, why, _ := strings.Cut(words, ": ")
			e.untaken = append(e.untaken, plan.Untaken{Since: at, What: what, Why: why})
		}
	}
	for _, err := range p.Refused {
		add(err.Error(), 0)
	}
	for _, w := range p.Waiting {
		later := time.Duration(0)
		if w.again > 0 {
			later = patience
		}
		if w.File != "" {
			w.Dataset = "" // the name of the file says it
		}
		add(w.String(), later)
	}
	if maps.Equal(before, since) {
		return nil
	}
	kept, err := json.Marshal(since)
	if err != nil {
		return fmt.Errorf("keeping which files lie untaken: %w", err)
	}
	return e.Store.Update(ctx, func(tx *store.Tx) error { return tx.SetMeta(metaUntaken, string(kept)) })
}
