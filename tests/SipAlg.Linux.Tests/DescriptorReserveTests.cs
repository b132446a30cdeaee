using System.Globalization;

namespace SipAlg.Linux.Tests;

public sealed class DescriptorReserveTests
{
    [Fact]
    public void The_last_quarter_is_reserved_and_512_at_most()
    {
        var soft = File.ReadLines("/proc/self/limits").First(line => line.StartsWith("Max open files", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[3];
        var limit = int.Parse(soft, CultureInfo.InvariantCulture);
        var first = limit - Math.Min(512, limit / 4);
        Assert.False(DescriptorReserve.Holds(first - 1));
        Assert.True(DescriptorReserve.Holds(first));
        Assert.True(DescriptorReserve.Holds(limit - 1));
    }
}
