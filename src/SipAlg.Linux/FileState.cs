using System.Runtime.InteropServices;
using System.Text;

namespace SipAlg.Linux;

/// <summary>
/// Which file a path leads to, and when it was changed last: a file that takes the place of another has another number, and no program can set
/// the time of the change (ctime) of one that is written in place, as it can that of its last writing.
/// </summary>
public readonly record struct FileState(uint DeviceMajor, uint DeviceMinor, ulong Number, long ChangedSeconds, uint ChangedNanoseconds)
{
    private const int WorkingDirectory = -100;
    private const uint NumberAndChange = 0x100 | 0x80;

    /// <summary>Links are followed to their end.</summary>
    /// <returns>Null where there is no such file, or the system does not tell.</returns>
    public static unsafe FileState? Of(string path)
    {
        Statx found;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            return LibC.Statx(WorkingDirectory, name, 0, NumberAndChange, &found) < 0
                ? null
                : new FileState(found.DeviceMajor, found.DeviceMinor, found.Number, found.ChangedSeconds, found.ChangedNanoseconds);
        }
    }

    /// <summary>struct statx (linux/stat.h), which is the same on every processor.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct Statx
    {
        [FieldOffset(32)]
        public ulong Number;

        [FieldOffset(96)]
        public long ChangedSeconds;

        [FieldOffset(104)]
        public uint ChangedNanoseconds;

        [FieldOffset(136)]
        public uint DeviceMajor;

        [FieldOffset(140)]
        public uint DeviceMinor;
    }
}
