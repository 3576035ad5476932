//go:build !linux && !darwin && !windows

package engine

import "errors"

// roomAt is how many bytes may still be written in a folder; nobody knows here.
func roomAt(string) (uint64, error) { return 0, errors.ErrUnsupported }
