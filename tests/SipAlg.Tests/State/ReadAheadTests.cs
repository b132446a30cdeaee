using SipAlg.State;

namespace SipAlg.Tests.State;

public sealed class ReadAheadTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1024)]
    [InlineData(5000)]
    public void Gives_the_same_in_the_same_order(int count) => Assert.Equal(Enumerable.Range(0, count), ReadAhead.Of(Enumerable.Range(0, count)));

    [Fact]
    public void What_the_source_throws_comes_after_what_was_read_before()
    {
        var read = new List<int>();
        var fault = Assert.Throws<InvalidOperationException>(() => read.AddRange(ReadAhead.Of(Broken(3000))));
        Assert.Equal("broken", fault.Message);

        read.Clear();
        using var reader = ReadAhead.Of(Broken(3000)).GetEnumerator();
        for (var at = 0; at < 2048; at++)
        {
            Assert.True(reader.MoveNext());
            Assert.Equal(at, reader.Current);
        }
    }

    [Fact]
    public void Who_stops_early_leaves_nobody_reading()
    {
        var isOver = false;
        foreach (var item in ReadAhead.Of(Source()))
        {
            Assert.Equal(0, item);
            break;
        }

        Assert.True(Volatile.Read(ref isOver));

        IEnumerable<int> Source()
        {
            for (var at = 0; at < 10_000; at++)
            {
                yield return at;
            }

            Volatile.Write(ref isOver, true);
        }
    }

    private static IEnumerable<int> Broken(int after)
    {
        for (var at = 0; at < after; at++)
        {
            yield return at;
        }

        throw new InvalidOperationException("broken");
    }
}
