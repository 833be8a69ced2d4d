package manifest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"unicode/utf16"
)

// source is a file while it is read.
type source struct {
	name string
	// named is true where the user named the very file.
	named bool
}

var errTooLarge = fmt.Errorf("larger than %d MiB, which is the most that is read", MaxFile>>20)

// bounded reads a file up to MaxFile.
func bounded(file io.Reader) ([]byte, error) {
	if regular, ok := file.(*os.File); ok {
		if info, err := regular.Stat(); err == nil && info.Size() > MaxFile {
			return nil, errTooLarge
		}
	}
	text, err := io.ReadAll(io.LimitReader(file, MaxFile+1))
	if err != nil {
		return nil, err
	}
	if len(text) > MaxFile {
		return nil, errTooLarge
	}
	return text, nil
}

// text reads the documents of one file. It returns why there are none, where
// that is known.
func (r *reader) text(from source, raw []byte) string {
	r.counts.Files++
	text, err := plain(raw)
	if err != nil {
		return r.fail(from.name, err)
	}
	f := &file{reader: r, source: from}
	f.read(text)
	return ""
}

// plain returns the text in UTF-8 and without a byte order mark. PowerShell's
// > writes UTF-16.
func plain(raw []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(raw, []byte("\xff\xfe")):
		raw = fromUTF16(raw[2:], binary.LittleEndian)
	case bytes.HasPrefix(raw, []byte("\xfe\xff")):
		raw = fromUTF16(raw[2:], binary.BigEndian)
	default:
		raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	}
	if bytes.IndexByte(raw, 0) >= 0 {
		return nil, errors.New("a binary file")
	}
	return raw, nil
}

func fromUTF16(raw []byte, order binary.ByteOrder) []byte {
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = order.Uint16(raw[2*i:])
	}
	return []byte(string(utf16.Decode(units)))
}
