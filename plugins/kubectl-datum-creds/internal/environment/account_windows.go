package environment

import "golang.org/x/sys/windows"

// accountHome returns the folder for the account's local application data, from
// the system and not from a variable.
func accountHome() string {
	folder, err := windows.KnownFolderPath(windows.FOLDERID_LocalAppData, windows.KF_FLAG_DEFAULT)
	if err != nil {
		return ""
	}
	return folder
}

// windowsFolder is %SystemRoot%.
func windowsFolder() string {
	folder, err := windows.GetSystemWindowsDirectory()
	if err != nil {
		return ""
	}
	return folder
}
