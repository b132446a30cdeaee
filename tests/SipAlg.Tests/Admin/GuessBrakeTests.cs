using System.Net;
using SipAlg.Admin.Access;
using SipAlg.Testing;

namespace SipAlg.Tests.Admin;

public sealed class GuessBrakeTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly CancellationTokenSource _end = new();
    private readonly GuessBrake _brake;

    public GuessBrakeTests() => _brake = new GuessBrake(_time);

    [Fact]
    public async Task A_few_wrong_tokens_are_told_at_once_and_then_they_wait()
    {
        for (var guess = 0; guess < GuessBrake.Free; guess++)
        {
            Assert.True(Wrong("192.0.2.1").IsCompleted);
        }

        var held = Enumerable.Range(0, GuessBrake.MostHeld).Select(_ => Wrong("192.0.2.1")).ToArray();
        Assert.All(held, wait => Assert.False(wait.IsCompleted));
        Assert.True(IsFull("192.0.2.1"));
        Assert.True(IsFull("::ffff:192.0.2.1"));
        Assert.False(IsFull("192.0.2.2"));

        await _end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(held));
        Assert.False(IsFull("192.0.2.1"));
    }

    [Fact]
    public void Wrong_tokens_are_forgiven_in_time()
    {
        for (var guess = 0; guess < GuessBrake.Free; guess++)
        {
            _ = Wrong("192.0.2.1");
        }

        _time.MoveTo((long)GuessBrake.Forgiven.TotalMilliseconds);

        Assert.True(Wrong("192.0.2.1").IsCompleted);
        Assert.False(Wrong("192.0.2.1").IsCompleted);
    }

    [Fact]
    public void Whoever_has_an_IPv6_network_has_one_count()
    {
        for (var guess = 0; guess < GuessBrake.Free; guess++)
        {
            _ = Wrong($"2001:db8:1:2::{guess}");
        }

        Assert.False(Wrong("2001:db8:1:2::ffff").IsCompleted);
        Assert.True(Wrong("2001:db8:1:3::1").IsCompleted);
    }

    /// <summary>Memory is bounded, and who comes from ever new addresses gains nothing by it.</summary>
    [Fact]
    public void Of_too_many_addresses_the_later_ones_share_a_count()
    {
        for (var address = 0; address < GuessBrake.MostAddresses; address++)
        {
            _ = Wrong($"10.0.{address / 256}.{address % 256}");
        }

        for (var guess = 0; guess < GuessBrake.Free; guess++)
        {
            Assert.True(Wrong($"192.0.2.{guess}").IsCompleted);
        }

        Assert.False(Wrong("198.51.100.1").IsCompleted);
    }

    public void Dispose() => _end.Dispose();

    private Task Wrong(string address) => _brake.WrongAsync(IPAddress.Parse(address), _end.Token);

    private bool IsFull(string address) => _brake.IsFull(IPAddress.Parse(address));
}
