using SipAlg.Fuzz.Engine;
using SipAlg.Signaling.Resolution.Dns;

namespace SipAlg.Fuzz.Targets;

/// <summary>What may come from a name server is read or refused, and what is read has names that are no longer than names are.</summary>
internal sealed class DnsTarget() : Target("dns", 40, Answers, DnsWords)
{
    /// <summary>As NSD gave them: NAPTR, SRV, an alias, AAAA, a name that does not exist.</summary>
    private static readonly byte[][] Answers =
    [
        Convert.FromHexString(
            "00018500000100020001000103706278076578616d706c6504746573740000230001c00c0023000100000002002b000a00320173075349502b44325400045f736970045f74637003706278076578616d706c65" +
            "047465737400c00c0023000100000002002b001400320173075349502b44325500045f736970045f75647003706278076578616d706c65047465737400c01000020001000000020005026e73c010c09c00010001" +
            "0000000200047f090935"),
        Convert.FromHexString(
            "000185000001000200010003045f736970045f75647003706278076578616d706c6504746573740000210001c00c00210001000000020016000a003c13ce0161076578616d706c65047465737400c00c00210001" +
            "000000020016" + "0014003c13ce0162076578616d706c65047465737400c01a00020001000000020005026e73c01a0161c01a000100010000000200047f010101"),
        Convert.FromHexString(
            "0001850000010002000100010163076578616d706c6504746573740000010001c00c000500010000000200040161c00ec02c000100010000000200047f010101c00e00020001000000020005026e73c00ec04c00" +
            "0100010000000200047f090935"),
        Convert.FromHexString(
            "0001850000010001000100010162076578616d706c65047465737400001c0001c00c001c000100000002001000000000000000000000000000000001c00e00020001000000020005026e73c00ec0480001000100" +
            "00000200047f090935"),
        Convert.FromHexString(
            "000185030001000000010000046e6f7065076578616d706c6504746573740000010001c01100060001000000020021026e73c0110561646d696ec0110000000100000e10000002580001518000000002"),
    ];

    private static readonly byte[][] DnsWords = [[0xC0, 0x0C], [0xC0, 0x00], [0xC0, 0xFF], [0xFF, 0xFF], [0x3F], [0x40], [0x00], [0x00, 0x23], [0x00, 0x21], [0x00, 0x05, 0x00, 0x01], [0x00, 0x01, 0x00, 0x01], [0x00, 0x1C, 0x00, 0x01], [0x85, 0x00], [0x87, 0x00], [0x01, (byte)'.'], [0x01, 0x00]];

    /// <summary>Each octet of a name may stand as four letters.</summary>
    private const int LongestText = 4 * DnsName.MaxLength;

    private readonly DnsQuestion _question = new("c.example.test", DnsType.A);

    public override string? Check(FuzzInput input, Features features)
    {
        if (!DnsResponse.TryParse(input.Octets, out var response))
        {
            features.AddSize(1, input.Length);
            return null;
        }

        var answer = DnsAnswer.Of(response!, response!.Question ?? _question);
        features.AddSize(2, answer.Records.Length);
        features.AddSize(3, response.Answers.Length);
        foreach (var record in answer.Records.Concat(response.Answers).Concat(response.Authorities))
        {
            features.Add(4, (int)record.Type);
            if (record.Name.Length > LongestText)
            {
                return "A name is too long.";
            }
        }

        return null;
    }
}
