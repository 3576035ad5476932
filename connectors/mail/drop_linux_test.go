package mail

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/letter"
)

// TestDiskFull writes to the device that is always full.
func TestDiskFull(t *testing.T) {
	folder := t.TempDir()
	d, o, ctx := newDrop(t, folder), outgoing(), context.Background()
	create := d.create
	d.create = func(name string) (*os.File, error) {
		if err := os.Symlink("/dev/full", name); err != nil {
			return nil, err
		}
		return os.OpenFile(name, os.O_WRONLY, 0)
	}
	out := d.Send(ctx, o)
	if out.Kind != letter.NotTried || !strings.HasPrefix(out.Text, "The disk is full") {
		t.Errorf("full: %+v", out)
	}
	if got := files(t, folder); len(got) != 0 {
		t.Errorf("left behind: %q", got)
	}
	if sent, err := d.Sent(ctx, []string{o.Ref}); err != nil || sent[o.Ref] {
		t.Errorf("sent %v, %v", sent, err)
	}
	d.create = create
	if out := d.Send(ctx, o); out.Kind != letter.Delivered || strings.Contains(out.Text, "already") {
		t.Errorf("with room again: %+v", out)
	}
}
