using SipAlg.Hosting;

namespace SipAlg.Tests.Hosting;

public sealed class ProcessFactsTests
{
    [Theory]
    [InlineData("Max open files            20000                1048576              files     ", 20000)]
    [InlineData("Max open files            unlimited            unlimited            files     ", long.MaxValue)]
    [InlineData("Max cpu time              unlimited            unlimited            seconds   ", long.MaxValue)]
    [InlineData("", long.MaxValue)]
    public void The_descriptor_limit_is_the_soft_one(string line, long expected) =>
        Assert.Equal(expected, ProcessFacts.ReadLimit(["Limit                     Soft Limit           Hard Limit           Units     ", line]));

    [Fact]
    public void Descriptors_are_counted()
    {
        var open = Enumerable.Range(0, 200).Select(_ => File.OpenHandle("/dev/null")).ToArray();
        var counted = ProcessFacts.OpenDescriptors();
        Array.ForEach(open, handle => handle.Dispose());

        Assert.InRange(counted, 200, ProcessFacts.MostDescriptors);
    }
}
