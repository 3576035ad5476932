package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// A FactRecord is a local value over an imported one, as it is kept.
type FactRecord struct {
	ID      int64
	Dataset string
	Ref     dataset.Ref
	Column  string
	Value   dataset.Value
	Was     dataset.Value // the imported value beneath it
	By      string        // a role
	At      time.Time
	Source  string // "record", "answer to task 12"
}

// SaveFact keeps a local fact. One that lay over the same cell is withdrawn.
func (t *Tx) SaveFact(f FactRecord) (int64, error) {
	doing := "keeping a local fact of " + f.Dataset
	if err := t.withdrawFact(f.Dataset, f.Ref, f.Column, f.By, f.At); err != nil {
		return 0, explain(doing, err)
	}
	value, err := json.Marshal(f.Value)
	if err != nil {
		return 0, explain(doing, err)
	}
	was, err := json.Marshal(f.Was)
	if err != nil {
		return 0, explain(doing, err)
	}
	id, err := t.next("fact")
	if err != nil {
		return 0, explain(doing, err)
	}
	err = t.exec(`insert into facts (constituency, id, dataset, ref, field, value, was, recorded, recorded_by, source)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		here, id, f.Dataset, int64(f.Ref), f.Column, string(value), string(was), f.At.UnixMicro(), f.By, f.Source)
	return id, explain(doing, err)
}

// WithdrawFact takes a local fact away, so that the imported value shows again.
// It stays in the store as withdrawn. ErrNotFound: there was none.
func (t *Tx) WithdrawFact(name string, ref dataset.Ref, column, by string, at time.Time) error {
	var have int
	found, err := t.one(`select 1 from facts where constituency = ? and dataset = ? and ref = ? and field = ? and withdrawn is null`,
		[]any{here, name, int64(ref), column}, &have)
	if err == nil && !found {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("withdrawing a local fact of %s: %w", name, err)
	}
	return explain("withdrawing a local fact of "+name, t.withdrawFact(name, ref, column, by, at))
}

func (t *Tx) withdrawFact(name string, ref dataset.Ref, column, by string, at time.Time) error {
	return t.exec(`update facts set withdrawn = ?, withdrawn_by = ?
		where constituency = ? and dataset = ? and ref = ? and field = ? and withdrawn is null`,
		at.UnixMicro(), by, here, name, int64(ref), column)
}

// FactBefore gives the local fact that another lay over when it was kept.
func (t *Tx) FactBefore(f FactRecord) (before FactRecord, found bool, err error) {
	var value string
	before = FactRecord{Dataset: f.Dataset, Ref: f.Ref, Column: f.Column}
	found, err = t.one(`select id, coalesce(value, 'null'), recorded_by, source from facts where constituency = ? and dataset = ? and ref = ? and field = ? and withdrawn = ? and id < ?
		order by id desc limit 1`, []any{here, f.Dataset, int64(f.Ref), f.Column, f.At.UnixMicro(), f.ID}, &before.ID, &value, &before.By, &before.Source)
	if err == nil && found {
		err = json.Unmarshal([]byte(value), &before.Value)
	}
	return before, found, explain("looking for an earlier local fact of "+f.Dataset, err)
}

// Facts are the local facts of a dataset that hold, oldest first.
func (t *Tx) Facts(name string) ([]FactRecord, error) {
	var facts []FactRecord
	err := t.each(`select id, ref, field, value, was, recorded, recorded_by, source from facts
		where constituency = ? and dataset = ? and withdrawn is null order by id`,
		[]any{here, name}, func(scan func(...any) error) error {
			f := FactRecord{Dataset: name}
			var value, was string
			var ref int64
			var at sql.NullInt64
			if err := scan(&f.ID, &ref, &f.Column, &value, &was, &at, &f.By, &f.Source); err != nil {
				return err
			}
			f.Ref, f.At = dataset.Ref(ref), moment(at)
			facts = append(facts, f)
			last := &facts[len(facts)-1]
			if err := json.Unmarshal([]byte(value), &last.Value); err != nil {
				return err
			}
			return json.Unmarshal([]byte(was), &last.Was)
		})
	return facts, explain("reading the local facts of "+name, err)
}

// factsByRef is what dataset.Overlay takes.
func factsByRef(facts []FactRecord) map[dataset.Ref][]dataset.Fact {
	by := make(map[dataset.Ref][]dataset.Fact, len(facts))
	for _, f := range facts {
		by[f.Ref] = append(by[f.Ref], dataset.Fact{Column: f.Column, Value: f.Value, By: f.By, At: f.At, Was: f.Was})
	}
	return by
}
