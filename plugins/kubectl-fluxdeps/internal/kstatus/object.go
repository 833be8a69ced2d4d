package kstatus

import (
	"fmt"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// object is what rules look at.
type object struct {
	unstructured.Unstructured
	now        time.Time
	conditions []condition
}

type condition struct {
	Type    string                 `json:"type"`
	Status  metav1.ConditionStatus `json:"status"`
	Reason  string                 `json:"reason"`
	Message string                 `json:"message"`
}

// readConditions decides nothing, but fails where the conditions are none.
func readConditions(o *object) (Result, error) {
	var typed struct {
		Status struct {
			Conditions []condition `json:"conditions"`
		} `json:"status"`
	}
	err := runtime.DefaultUnstructuredConverter.FromUnstructured(o.UnstructuredContent(), &typed)
	o.conditions = typed.Status.Conditions
	return undecided, err
}

// condition returns the first condition of that type and status, or nil.
func (o *object) condition(kind string, status metav1.ConditionStatus) *condition {
	index := slices.IndexFunc(o.conditions, func(c condition) bool { return c.Type == kind && c.Status == status })
	if index < 0 {
		return nil
	}
	return &o.conditions[index]
}

// integer returns the integer at a dotted path and whether it is there.
func (o *object) integer(path string) (int64, bool, error) {
	value, found, err := unstructured.NestedInt64(o.Object, strings.Split(path, ".")...)
	if err != nil {
		return 0, false, fmt.Errorf("looking up %s from resource: %w", path, err)
	}
	return value, found, nil
}

// number is an integer that an object holds or implies.
type number func(*object) int64

// at is the integer at a dotted path; absent where there is none.
func at(path string, absent int64) number {
	return func(o *object) int64 {
		if value, found, _ := o.integer(path); found {
			return value
		}
		return absent
	}
}

// text returns the string at a dotted path; absent where there is none.
func (o *object) text(path, absent string) string {
	if value, found, _ := unstructured.NestedString(o.Object, strings.Split(path, ".")...); found {
		return value
	}
	return absent
}
