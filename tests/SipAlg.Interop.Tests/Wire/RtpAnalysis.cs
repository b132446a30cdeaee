using System.Globalization;
using System.Text.RegularExpressions;
using SipAlg.Interop.Tests.Harness;

namespace SipAlg.Interop.Tests.Wire;

/// <summary>What tshark makes of an RTP stream in a capture.</summary>
/// <param name="Source">Its address.</param>
/// <param name="Destination">Its address.</param>
/// <param name="Ssrc">Of the stream.</param>
/// <param name="Packets">That are in the capture.</param>
/// <param name="Lost">By sequence numbers, from the lowest to the highest.</param>
/// <param name="MeanJitter">In seconds.</param>
/// <param name="MaxJitter">In seconds.</param>
internal sealed partial record RtpAnalysis(string Source, string Destination, uint Ssrc, long Packets, long Lost, double MeanJitter, double MaxJitter)
{
    /// <summary>The streams of the scenario's capture, which has ended.</summary>
    public static async Task<RtpAnalysis[]> ReadAsync(ScenarioFolder folder)
    {
        var rows = Row().Matches(await TsharkAsync(folder, "-q", "-z", "rtp,streams")).Select(Read);
        var numbers = Number().Matches(await TsharkAsync(folder, "-Y", "rtp", "-T", "fields", "-e", "rtp.ssrc", "-e", "rtp.seq"))
            .ToLookup(row => Hexadecimal(row.Groups["ssrc"].Value), row => ushort.Parse(row.Groups["number"].Value, CultureInfo.InvariantCulture));
        return [.. rows.Select(row => row with { Lost = row.Lost + Outside([.. numbers[row.Ssrc]]) })];
    }

    private static async Task<string> TsharkAsync(ScenarioFolder folder, params string[] arguments)
    {
        await using var tshark = ChildProcess.Start("tshark", ["-r", folder["capture.pcapng"], "--enable-heuristic", "rtp_udp", .. arguments], folder);
        await tshark.ExitAsync(Eventually.Deadline);
        return tshark.Output;
    }

    /// <summary>Numbers below the first and above the last packet's: tshark takes these two for the lowest and the highest, also where they were overtaken.</summary>
    private static int Outside(ushort[] numbers)
    {
        var offsets = numbers.Select(number => (int)(short)(number - numbers[0])).ToArray();
        return offsets.Max() - offsets[^1] - offsets.Min();
    }

    private static uint Hexadecimal(string text) => uint.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static RtpAnalysis Read(Match row) => new(
        row.Groups["source"].Value, row.Groups["destination"].Value, Hexadecimal(row.Groups["ssrc"].Value),
        long.Parse(row.Groups["packets"].Value, CultureInfo.InvariantCulture), long.Parse(row.Groups["lost"].Value, CultureInfo.InvariantCulture),
        Milliseconds(row.Groups["jitter"].Value) / 1000, Milliseconds(row.Groups["most"].Value) / 1000);

    private static double Milliseconds(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>Start, end, source and its port, destination and its port, SSRC, payload, packets, lost and its share, three deltas, three jitters.</summary>
    [GeneratedRegex("^ *[0-9.]+ +[0-9.]+ +(?<source>[0-9.]+) +[0-9]+ +(?<destination>[0-9.]+) +[0-9]+ +0x(?<ssrc>[0-9A-F]+) +.*? +(?<packets>[0-9]+) +(?<lost>-?[0-9]+) \\([-0-9.]+%\\)( +[0-9.]+){4} +(?<jitter>[0-9.]+) +(?<most>[0-9.]+)", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("^0x(?<ssrc>[0-9a-f]+)\t(?<number>[0-9]+)$", RegexOptions.Multiline)]
    private static partial Regex Number();
}
