using System.Runtime.InteropServices;
using SipAlg.Media.Statistics;

namespace SipAlg.Media.Kernel;

/// <summary>Where the program finds what: offsets of fields in what it shares with the gateway, from the structures themselves.</summary>
internal static class FlowOffsets
{
    public static int Of<T>(string field) => (int)Marshal.OffsetOf<T>(field);

    public static int Octets<T>() => Marshal.SizeOf<T>();

    /// <summary>A field of a flow.</summary>
    public static int Flow(string field) => Of<Flow>(field);

    /// <summary>A field of what takes the key's place.</summary>
    public static int Next(string field) => Of<Flow>(nameof(Kernel.Flow.Next)) + Of<FlowKey>(field);

    /// <summary>A field of a cell.</summary>
    public static int Cell(string field) => Of<FlowCell>(field);

    /// <summary>A field of a cell's stream.</summary>
    public static int Stream(string field) => Of<FlowCell>(nameof(FlowCell.Stream)) + Of<StreamCounters>(field);
}
