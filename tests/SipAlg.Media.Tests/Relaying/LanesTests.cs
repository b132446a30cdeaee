using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Tests.Relaying;

public sealed class LanesTests
{
    private const int Lanes = 2;
    private const long Packets = 5000;

    /// <summary>Two lanes give random orders to two relay threads while packets arrive everywhere and somebody reads.</summary>
    [Fact]
    public async Task Random_orders_of_several_lanes_leave_nothing_behind()
    {
        var before = Sockets.Open();
        using (var relay = new MediaRelay(new MediaRelayOptions { Threads = 2 }, TimeProvider.System))
        using (var phone = new Phone("127.0.0.2"))
        {
            relay.Start();
            var range = new MediaRange(0, 24000, 24079);
            var pools = Enumerable.Range(0, Lanes).Select(lane => relay.OpenPool(range, lane, Lanes)).ToList();
            using var enough = new CancellationTokenSource();
            var lanes = pools.Select((pool, seed) => Task.Run(() => new Lane(relay, pool, phone.Endpoint, seed).Run(enough.Token))).ToList();
            Eventually.True(() => SprayAll(phone) && relay.Read(0).PacketsIn >= Packets, "packets went through");
            await enough.CancelAsync();
            await Task.WhenAll(lanes);
            Eventually.True(() => pools.All(pool => pool.InUse == 0), "all ports closed");
            Assert.Equal(0, relay.Faults);
        }

        Assert.Equal(before, Sockets.Open());
    }

    private static bool SprayAll(Phone phone)
    {
        for (var port = 24000; port < 24080; port++)
        {
            phone.Send(Phone.Rtp(port), RelayRig.Address, port);
        }

        return true;
    }

    private sealed class Lane(MediaRelay relay, PortPool pool, IpEndpoint phone, int seed)
    {
        private readonly Random _random = new(seed);
        private readonly List<MediaPort>[] _held = [[], []];

        public void Run(CancellationToken enough)
        {
            while (!enough.IsCancellationRequested)
            {
                Step(_random.Next(2));
            }

            Array.ForEach(_held, ports => ports.ForEach(port => relay.Release(port)));
        }

        private void Step(int place)
        {
            var ports = _held[place];
            if (ports.Count == 0 || _random.Next(3) == 0)
            {
                if (pool.TryTake(IpAddress.Parse(RelayRig.Address), place, out var taken) == PortTakeResult.Taken)
                {
                    ports.Add(taken);
                }

                return;
            }

            var (a, b) = (ports[_random.Next(ports.Count)], ports[_random.Next(ports.Count)]);
            switch (_random.Next(6))
            {
                case 0:
                    relay.Join(a, b);
                    break;
                case 1:
                    relay.PlayTone(a, ToneCodec.Pcmu, 0);
                    break;
                case 2:
                    relay.Aim(a, new MediaTarget { Rtp = phone, RtcpMux = _random.Next(2) == 0 });
                    break;
                case 3:
                    relay.Loop(a);
                    break;
                default:
                    Assert.True(relay.TryRead(a, out _));
                    relay.Release(a);
                    ports.Remove(a);
                    break;
            }
        }
    }
}
