using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace SipAlg.Interop.Tests.Wire;

/// <summary>
/// Which datagrams are lost. What decides is the seed and what the datagram is (call, message, which time it is sent), not when
/// it comes: the same seed loses the same messages on every machine.
/// </summary>
internal sealed partial class LossPlan(int seed, double share)
{
    private readonly Dictionary<string, int> _seen = [];
    private readonly Lock _lock = new();

    public int Passed { get; private set; }
    public int Lost { get; private set; }

    /// <param name="way">The link and the direction.</param>
    /// <param name="datagram">A SIP message.</param>
    public bool Loses(string way, ReadOnlySpan<byte> datagram)
    {
        var text = Encoding.Latin1.GetString(datagram);
        var message = $"{way} {Call().Match(text).Groups[1].Value} {StartLine().Match(text).Value} {Sequence().Match(text).Value}";
        lock (_lock)
        {
            var time = _seen[message] = _seen.GetValueOrDefault(message) + 1;
            var isLost = Draw($"{seed} {message} {time}") < share;
            _ = isLost ? Lost++ : Passed++;
            return isLost;
        }
    }

    /// <summary>Evenly from 0 to 1.</summary>
    private static double Draw(string text) =>
        BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.Latin1.GetBytes(text))) / (double)uint.MaxValue;

    // The caller's number crosses the gateway, Call-IDs and tags do not.
    [GeneratedRegex(@"^From:[^\r]*?(\+4940\d+)", RegexOptions.Multiline)]
    private static partial Regex Call();

    [GeneratedRegex(@"^(SIP/2\.0 \d+|\S+)")]
    private static partial Regex StartLine();

    [GeneratedRegex("^CSeq:[^\r]*", RegexOptions.Multiline)]
    private static partial Regex Sequence();
}
