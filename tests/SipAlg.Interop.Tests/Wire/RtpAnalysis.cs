using System.Globalization;
using System.Text.RegularExpressions;
using SipAlg.Interop.Tests.Harness;

namespace SipAlg.Interop.Tests.Wire;

/// <summary>What tshark makes of an RTP stream in a capture.</summary>
/// <param name="Source">Its address.</param>
/// <param name="Destination">Its address.</param>
/// <param name="Ssrc">Of the stream.</param>
/// <param name="Packets">That are in the capture.</param>
/// <param name="Lost">By sequence numbers.</param>
/// <param name="MeanJitter">In seconds.</param>
/// <param name="MaxJitter">In seconds.</param>
internal sealed partial record RtpAnalysis(string Source, string Destination, uint Ssrc, long Packets, long Lost, double MeanJitter, double MaxJitter)
{
    /// <summary>The streams of the scenario's capture, which has ended.</summary>
    public static async Task<RtpAnalysis[]> ReadAsync(ScenarioFolder folder)
    {
        await using var tshark = ChildProcess.Start("tshark", ["-r", folder["capture.pcapng"], "-q", "--enable-heuristic", "rtp_udp", "-z", "rtp,streams"], folder);
        await tshark.ExitAsync(Eventually.Deadline);
        return [.. Row().Matches(tshark.Output).Select(Read)];
    }

    private static RtpAnalysis Read(Match row) => new(
        row.Groups["source"].Value, row.Groups["destination"].Value, uint.Parse(row.Groups["ssrc"].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture),
        long.Parse(row.Groups["packets"].Value, CultureInfo.InvariantCulture), long.Parse(row.Groups["lost"].Value, CultureInfo.InvariantCulture),
        Milliseconds(row.Groups["jitter"].Value) / 1000, Milliseconds(row.Groups["most"].Value) / 1000);

    private static double Milliseconds(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>Start, end, source and its port, destination and its port, SSRC, payload, packets, lost and its share, three deltas, three jitters.</summary>
    [GeneratedRegex("^ *[0-9.]+ +[0-9.]+ +(?<source>[0-9.]+) +[0-9]+ +(?<destination>[0-9.]+) +[0-9]+ +0x(?<ssrc>[0-9A-F]+) +.*? +(?<packets>[0-9]+) +(?<lost>-?[0-9]+) \\([-0-9.]+%\\)( +[0-9.]+){4} +(?<jitter>[0-9.]+) +(?<most>[0-9.]+)", RegexOptions.Multiline)]
    private static partial Regex Row();
}
