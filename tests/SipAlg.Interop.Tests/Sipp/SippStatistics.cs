using System.Globalization;

namespace SipAlg.Interop.Tests.Sipp;

/// <summary>The last line of SIPp's statistics file.</summary>
internal sealed record SippStatistics(int Succeeded, int Failed, int Retransmissions)
{
    public static SippStatistics Read(string file)
    {
        var lines = File.ReadAllLines(file).Where(line => line.Length > 0).ToArray();
        var columns = lines[0].Split(';');
        var values = lines[^1].Split(';');
        return new SippStatistics(Of("SuccessfulCall(C)"), Of("FailedCall(C)"), Of("Retransmissions(C)"));

        int Of(string column) => int.Parse(values[Array.IndexOf(columns, column)], CultureInfo.InvariantCulture);
    }
}
