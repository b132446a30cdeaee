using System.Runtime.InteropServices;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Traces;

/// <summary>A message as the trace gives it away: without secrets.</summary>
public sealed class TracedMessage
{
    /// <summary>UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Came to us; else it is ours.</summary>
    public required bool IsReceived { get; init; }

    /// <summary>Ours, but the network did not take it.</summary>
    public required bool IsUnsent { get; init; }

    /// <summary>The way that it took.</summary>
    public required Flow Flow { get; init; }

    /// <summary>As on the wire, each octet of a secret in it replaced by an asterisk.</summary>
    public required byte[] Octets { get; init; }

    /// <summary>The same octets have gone the same way before.</summary>
    public bool IsRepeat { get; private set; }

    internal static TracedMessage Of(in TraceEntry entry, byte[] octets)
    {
        SecretMask.Apply(octets);
        return new TracedMessage
        {
            At = new DateTimeOffset(entry.Ticks, TimeSpan.Zero),
            IsReceived = entry.Kind == TraceKind.Received,
            IsUnsent = entry.Kind == TraceKind.Unsent,
            Flow = entry.Flow,
            Octets = octets,
        };
    }

    /// <param name="messages">In their order.</param>
    internal static void MarkRepeats(IList<TracedMessage> messages)
    {
        HashSet<(bool, Protocol.Addresses.IpEndpoint, int, UInt128)> seen = [];
        foreach (var message in messages)
        {
            message.IsRepeat = !seen.Add((message.IsReceived, message.Flow.Remote, message.Octets.Length, Digest(message.Octets)));
        }
    }

    private static UInt128 Digest(byte[] octets) => MemoryMarshal.Read<UInt128>(System.Security.Cryptography.SHA256.HashData(octets));
}
