using System.Net;
using System.Net.Sockets;

namespace SipAlg.Admin.Access;

/// <summary>
/// Slows down whoever guesses tokens. From each address a few wrong ones are answered at once; beyond that the answer to a wrong one is
/// held back, and while as many as may be are held, no token from there is looked at. Nobody is locked out for longer than that: behind
/// a proxy everybody has one address. Bounded memory: of too many addresses those that come later share one count.
/// </summary>
internal sealed class GuessBrake(TimeProvider time)
{
    /// <summary>Wrong tokens that are answered at once.</summary>
    public const int Free = 5;

    /// <summary>Answers of one address that are held at once.</summary>
    public const int MostHeld = 4;

    public const int MostAddresses = 1000;

    /// <summary>A wrong token is forgiven in this time.</summary>
    public static readonly TimeSpan Forgiven = TimeSpan.FromSeconds(10);

    public static readonly TimeSpan Hold = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, Count> _counts = [];
    private readonly Count _others = new();

    private sealed class Count
    {
        public double Level { get; set; }
        public long At { get; set; }
        public int Held { get; set; }
    }

    /// <summary>No token from there is looked at now.</summary>
    public bool IsFull(IPAddress? address)
    {
        lock (_lock)
        {
            return CountOf(address).Held >= MostHeld;
        }
    }

    /// <summary>A token from there was wrong: completes when that may be told.</summary>
    public async Task WrongAsync(IPAddress? address, CancellationToken cancellation)
    {
        if (!TryHold(address, out var count))
        {
            return;
        }

        try
        {
            await Task.Delay(Hold, time, cancellation).ConfigureAwait(false);
        }
        finally
        {
            lock (_lock)
            {
                count.Held--;
            }
        }
    }

    /// <returns>False: the answer need not wait.</returns>
    private bool TryHold(IPAddress? address, out Count count)
    {
        lock (_lock)
        {
            count = CountOf(address);
            Forgive(count);
            count.Level++;
            if (count.Level <= Free)
            {
                return false;
            }

            // What is over is forgiven in the time that it takes to guess a few more, not in hours.
            count.Level = Math.Min(count.Level, 2 * Free);
            count.Held++;
            return true;
        }
    }

    private Count CountOf(IPAddress? address)
    {
        var key = KeyOf(address);
        if (_counts.TryGetValue(key, out var count))
        {
            return count;
        }

        if (_counts.Count >= MostAddresses)
        {
            foreach (var (idle, known) in _counts.ToArray())
            {
                Forgive(known);
                if (known is { Level: 0, Held: 0 })
                {
                    _counts.Remove(idle);
                }
            }
        }

        return _counts.Count >= MostAddresses ? _others : _counts[key] = new Count { At = time.GetTimestamp() };
    }

    private void Forgive(Count count)
    {
        count.Level = Math.Max(0, count.Level - (time.GetElapsedTime(count.At) / Forgiven));
        count.At = time.GetTimestamp();
    }

    /// <summary>Of IPv6 the network: whoever has one address there has all.</summary>
    private static IPAddress KeyOf(IPAddress? address)
    {
        if (address is null || address.AddressFamily != AddressFamily.InterNetworkV6 || address.IsIPv4MappedToIPv6)
        {
            return address?.MapToIPv4() ?? IPAddress.None;
        }

        var octets = address.GetAddressBytes();
        octets.AsSpan(8).Clear();
        return new IPAddress(octets);
    }
}
