using System.Runtime.InteropServices;
using System.Text;

namespace SipAlg.Linux.Bpf;

/// <summary>What calls a program.</summary>
public enum BpfHook
{
    /// <summary>Traffic control: packets that come in by an interface (BPF_PROG_TYPE_SCHED_CLS at tcx, Linux 6.6).</summary>
    Interface,

    /// <summary>The search for the socket of a packet, in a network namespace (BPF_PROG_TYPE_SK_LOOKUP, Linux 5.9).</summary>
    SocketLookup,

    /// <summary>The choice among sockets that share an address (BPF_PROG_TYPE_SK_REUSEPORT, Linux 4.19).</summary>
    SharedPort,
}

/// <summary>A program in the kernel. It lives as long as this, or a link, holds it.</summary>
public sealed unsafe class BpfProgram : IDisposable
{
    private const int LogOctets = 1 << 20;
    private readonly BpfHook _hook;

    private BpfProgram(int descriptor, BpfHook hook) => (Descriptor, _hook) = (descriptor, hook);

    /// <summary>BPF_PROG_TYPE_ and the type of attachment.</summary>
    private static (uint Type, uint Attach) Numbers(BpfHook hook) => hook switch
    {
        BpfHook.Interface => (3u, 46u),
        BpfHook.SocketLookup => (30u, 36u),
        _ => (21u, 39u),
    };

    public int Descriptor { get; }

    /// <summary>Has the kernel verify and translate a program.</summary>
    /// <exception cref="BpfRefusedException">It refuses; its message holds what the verifier says.</exception>
    public static BpfProgram Load(ReadOnlySpan<byte> name, ReadOnlySpan<ulong> instructions, BpfHook hook = BpfHook.Interface)
    {
        // The log is asked for only when something is wrong: writing it costs more than the loading.
        var descriptor = Load(name, instructions, hook, null);
        if (descriptor >= 0)
        {
            return new BpfProgram(descriptor, hook);
        }

        var errno = LibC.Errno;
        var log = (byte*)NativeMemory.AllocZeroed(LogOctets);
        try
        {
            descriptor = Load(name, instructions, hook, log);
            return descriptor >= 0 ? new BpfProgram(descriptor, hook) : throw new BpfRefusedException(errno, Marshal.PtrToStringUTF8((nint)log) ?? "");
        }
        finally
        {
            NativeMemory.Free(log);
        }
    }

    /// <summary>Has the program called.</summary>
    /// <param name="target">Index of the interface; a descriptor of the network namespace (<see cref="NetworkNamespace"/>).</param>
    /// <param name="errno">Why not.</param>
    /// <returns>The link, or null with the error number: closing the link detaches the program.</returns>
    public BpfLink? TryAttach(int target, out int errno)
    {
        var creation = new BpfCall.LinkCreation { Program = (uint)Descriptor, Target = (uint)target, AttachType = Numbers(_hook).Attach };
        var descriptor = BpfCall.Do(BpfCall.Command.LinkCreate, ref creation);
        errno = descriptor < 0 ? LibC.Errno : 0;
        return descriptor < 0 ? null : new BpfLink(descriptor);
    }

    /// <summary>Has a program of <see cref="BpfHook.SharedPort"/> called for all sockets that share an address with this one. It stays as long as they do.</summary>
    /// <returns>0, or the error number.</returns>
    public int AttachTo(int socket)
    {
        var program = Descriptor;
        return LibC.SetSockOpt(socket, SocketConstants.SolSocket, SocketConstants.SoAttachReusePortEbpf, &program, sizeof(int)) == 0 ? 0 : LibC.Errno;
    }

    /// <summary>Runs the program once on a frame that no interface has seen, as tests do.</summary>
    /// <param name="frame">From its Ethernet header.</param>
    /// <param name="context">struct __sk_buff that it starts from; may be empty.</param>
    /// <param name="output">Takes the frame as the program leaves it.</param>
    /// <param name="length">Octets of <paramref name="output"/>.</param>
    /// <returns>What the program returns.</returns>
    /// <exception cref="SystemCallException">The kernel refuses it.</exception>
    public int Run(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> context, Span<byte> output, out int length)
    {
        fixed (byte* input = frame)
        fixed (byte* start = context)
        fixed (byte* result = output)
        {
            var run = new BpfCall.ProgramRun
            {
                Program = (uint)Descriptor, Input = input, InputSize = (uint)frame.Length, Output = result, OutputSize = (uint)output.Length,
                Repeat = 1, ContextInput = start, ContextInputSize = (uint)context.Length,
            };
            SystemCallException.Check(BpfCall.Do(BpfCall.Command.ProgramRun, ref run), "bpf(BPF_PROG_RUN)");
            length = (int)run.OutputSize;
            return (int)run.Result;
        }
    }

    /// <summary>Runs a program of <see cref="BpfHook.SocketLookup"/> once.</summary>
    /// <param name="context">struct bpf_sk_lookup, which packet it is.</param>
    /// <returns>The cookie of the socket (SO_COOKIE) that the program has chosen; 0: none.</returns>
    /// <exception cref="SystemCallException">The kernel refuses it.</exception>
    public ulong RunLookup(ReadOnlySpan<byte> context)
    {
        var after = stackalloc byte[context.Length];
        fixed (byte* start = context)
        {
            var run = new BpfCall.ProgramRun
            {
                Program = (uint)Descriptor, ContextInput = start, ContextInputSize = (uint)context.Length, ContextOutput = after, ContextOutputSize = (uint)context.Length,
            };
            SystemCallException.Check(BpfCall.Do(BpfCall.Command.ProgramRun, ref run), "bpf(BPF_PROG_RUN)");
            return *(ulong*)after;
        }
    }

    public void Dispose() => _ = LibC.Close(Descriptor);

    private static int Load(ReadOnlySpan<byte> name, ReadOnlySpan<ulong> instructions, BpfHook hook, byte* log)
    {
        fixed (byte* license = "MIT\0"u8)
        fixed (ulong* first = instructions)
        {
            var loading = new BpfCall.ProgramLoading
            {
                Type = Numbers(hook).Type, AttachType = Numbers(hook).Attach, Instructions = first, InstructionCount = (uint)instructions.Length, License = license,
                Log = log, LogSize = log == null ? 0 : (uint)LogOctets, LogLevel = log == null ? 0u : 1u, Name = BpfCall.ObjectName.Of(name),
            };
            return BpfCall.Do(BpfCall.Command.ProgramLoad, ref loading);
        }
    }
}

/// <summary>A program's place at an interface or in a network namespace; it ends with this, with the process, or with that.</summary>
public sealed class BpfLink(int descriptor) : IDisposable
{
    public void Dispose() => _ = LibC.Close(descriptor);
}

/// <summary>The kernel does not take a program.</summary>
/// <param name="errno">Why: EPERM without the capability.</param>
/// <param name="log">The verifier's words; empty when it was not asked.</param>
public sealed class BpfRefusedException(int errno, string log) : Exception($"bpf(BPF_PROG_LOAD): {LibC.Explain(errno)} (errno {errno}){LastLines(log)}")
{
    private const int MostOctets = 2000;

    public int Errno { get; } = errno;

    private static string LastLines(string log) =>
        log.Length == 0 ? "" : new StringBuilder("\n").Append(log, Math.Max(0, log.Length - MostOctets), Math.Min(log.Length, MostOctets)).ToString();
}
