package handover

import (
	"encoding/base64"
	"fmt"
	"io"
	"os"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
)

// maxKey bounds what is read as a key.
const maxKey = 1 << 10

// piped returns the end to read of a pipe that holds the key. Neither arguments
// nor variables are as private as that.
func piped(key secret.Text) (*os.File, error) {
	from, to, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer to.Close()
	// A pipe takes a few bytes without a reader.
	if _, err := to.WriteString(base64.StdEncoding.EncodeToString([]byte(key.Reveal()))); err != nil {
		_ = from.Close()
		return nil, err
	}
	return from, nil
}

// readKey reads the key that this process was handed.
func readKey(fd uintptr) (secret.Text, error) {
	pipe := os.NewFile(fd, "inherited key")
	defer pipe.Close()
	text, err := io.ReadAll(io.LimitReader(pipe, maxKey))
	if err != nil {
		return secret.Text{}, fmt.Errorf("read the key to the session's file: %w", err)
	}
	key, err := base64.StdEncoding.DecodeString(string(text))
	if err != nil {
		return secret.Text{}, errKey
	}
	return secret.New(string(key)), nil
}
