package environment

import "golang.org/x/sys/windows"

// accountHome returns the folder for the account's local application data, from
// the system and not from a variable.
func accountHome() string { return knownFolder(windows.FOLDERID_LocalAppData) }

// accountFolders returns the variables of the account's folders.
func accountFolders() map[string]string {
	return map[string]string{
		"USERPROFILE": knownFolder(windows.FOLDERID_Profile), "APPDATA": knownFolder(windows.FOLDERID_RoamingAppData),
		"LOCALAPPDATA": knownFolder(windows.FOLDERID_LocalAppData),
	}
}

// knownFolder returns the path of a folder; empty if the system has none.
func knownFolder(id *windows.KNOWNFOLDERID) string {
	path, err := windows.KnownFolderPath(id, windows.KF_FLAG_DEFAULT)
	if err != nil {
		return ""
	}
	return path
}

// windowsFolder is %SystemRoot%.
func windowsFolder() string {
	folder, err := windows.GetSystemWindowsDirectory()
	if err != nil {
		return ""
	}
	return folder
}
