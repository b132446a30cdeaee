using System.IO.Compression;
using System.Text.Json;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;

namespace SipAlg.Journal;

/// <summary>
/// What is kept of a decision when the configuration that made it is let go: octets alone, so that nothing of that configuration stays in
/// memory with them. Packed, since reasons are much alike.
/// </summary>
internal static class DecisionNote
{
    /// <summary>Routes that were passed over, of which the nearest are kept: a dialplan may have ten thousand.</summary>
    public const int MostPassed = 100;

    /// <summary>Characters of a reason, or a target: a header field, which may be in it, is as long as its sender likes.</summary>
    public const int LongestText = ReasonText.Longest;

    /// <summary>A hundred reasons in less than a kilobyte and 40 µs; 9 takes three times as long and saves a thirtieth.</summary>
    private const int Quality = 3;

    /// <summary>Bits, as many as a long note has octets unpacked.</summary>
    private const int Window = 15;

    /// <summary>Asks the dialplan and writes down what it says. Takes a millisecond or two where there are ten thousand routes.</summary>
    /// <param name="record">Of any call.</param>
    /// <param name="invite">Its INVITE; empty where that is not kept.</param>
    /// <returns>Null where the dialplan was not asked, or all is written already.</returns>
    public static byte[]? Write(CallRecord record, ReadOnlyMemory<byte> invite)
    {
        if (RouteQuestion.Explain(record, invite, MostPassed) is not { } explanation)
        {
            return null;
        }

        var details = DecisionDetails.Of(explanation);
        var octets = JsonSerializer.SerializeToUtf8Bytes(
            details with
            {
                Targets = [.. details.Targets.Select(ReasonText.Shorten)],
                Passed = [.. details.Passed.Select(passed => passed with { Reason = ReasonText.Shorten(passed.Reason) })],
            },
            CallJson.Default.DecisionDetails);
        var packed = new byte[BrotliEncoder.GetMaxCompressedLength(octets.Length)];
        return BrotliEncoder.TryCompress(octets, packed, out var length, Quality, Window) ? packed[..length] : null;
    }

    /// <summary>Null: nothing has been written down.</summary>
    public static DecisionDetails? Read(CallRecord record)
    {
        if (record.Note is not { } note)
        {
            return null;
        }

        using var unpacked = new BrotliStream(new MemoryStream(note), CompressionMode.Decompress);
        return JsonSerializer.Deserialize(unpacked, CallJson.Default.DecisionDetails);
    }
}
