using System.Runtime.InteropServices;

namespace SipAlg.Linux.Bpf;

/// <summary>
/// bpf(2), by number, since the C library has no name for it. The kernel takes an attribute structure of any size and wants what
/// it does not know to be 0: each command has a struct of its own here, as long as what it uses.
/// </summary>
internal static unsafe partial class BpfCall
{
    private static readonly nint Number = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 321,
        _ => 280,
    };

    internal enum Command
    {
        MapCreate = 0,
        MapLookup = 1,
        MapUpdate = 2,
        MapDelete = 3,
        ProgramLoad = 5,
        ProgramRun = 10,
        MapUpdateBatch = 26,
        MapDeleteBatch = 27,
        LinkCreate = 28,
    }

    /// <summary>−1 and <see cref="LibC.Errno"/> on failure.</summary>
    public static int Do<T>(Command command, ref T attributes)
        where T : unmanaged
    {
        fixed (T* at = &attributes)
        {
            return (int)SystemCall(Number, (int)command, at, (uint)sizeof(T));
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, int command, void* attributes, uint size);

    /// <summary>Name of a map or program in the kernel: 15 octets and a 0.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct ObjectName
    {
        private const int Most = 15;
        private fixed byte _octets[Most + 1];

        public static ObjectName Of(ReadOnlySpan<byte> name)
        {
            ObjectName result = default;
            name[..Math.Min(name.Length, Most)].CopyTo(new Span<byte>(result._octets, Most));
            return result;
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct MapCreation
    {
        public uint Type;
        public uint KeySize;
        public uint ValueSize;
        public uint MaxEntries;
        public uint Flags;
        public uint InnerMap;
        public uint NumaNode;
        public ObjectName Name;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct MapElement
    {
        public ulong Map;
        public void* Key;
        public void* Value;
        public ulong Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct MapBatch
    {
        public void* From;
        public void* To;
        public void* Keys;
        public void* Values;
        public uint Count;
        public uint Map;
        public ulong ElementFlags;
        public ulong Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct ProgramLoading
    {
        public uint Type;
        public uint InstructionCount;
        public void* Instructions;
        public void* License;
        public uint LogLevel;
        public uint LogSize;
        public void* Log;
        public uint KernelVersion;
        public uint Flags;
        public ObjectName Name;
        public uint Interface;
        public uint AttachType;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct ProgramRun
    {
        public uint Program;
        public uint Result;
        public uint InputSize;
        public uint OutputSize;
        public void* Input;
        public void* Output;
        public uint Repeat;
        public uint Nanoseconds;
        public uint ContextInputSize;
        public uint ContextOutputSize;
        public void* ContextInput;
        public void* ContextOutput;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct LinkCreation
    {
        public uint Program;
        public uint Target;
        public uint AttachType;
        public uint Flags;

        /// <summary>tcx: beside which program; none.</summary>
        public uint Relative;
        public uint Pad;
        public ulong ExpectedRevision;
    }
}
