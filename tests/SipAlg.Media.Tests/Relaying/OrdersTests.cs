using System.Buffers.Binary;
using System.Runtime.InteropServices;
using SipAlg.Media.Kernel;
using SipAlg.Media.Relaying;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Tests.Relaying;

public sealed unsafe class OrdersTests : IDisposable
{
    private const int Writes = 300_000;

    private readonly Pair* _pair = (Pair*)NativeMemory.AllocZeroed((nuint)sizeof(Pair));
    private readonly FlowCell* _cell = (FlowCell*)NativeMemory.AllocZeroed((nuint)sizeof(FlowCell));
    private int _told;

    public OrdersTests() => _pair->Cell = _cell;

    public void Dispose()
    {
        NativeMemory.Free(_pair);
        NativeMemory.Free(_cell);
    }

    private static IpEndpoint Endpoint(int number) => new(IpAddress.FromV4((uint)number), (ushort)(1 + (number & 0xFFF)));

    private static int Number(IpEndpoint endpoint)
    {
        Span<byte> octets = stackalloc byte[4];
        endpoint.Address.WriteOctets(octets);
        return BinaryPrimitives.ReadInt32BigEndian(octets);
    }

    /// <summary>
    /// The lane may be stopped in the midst of an order, for long where processors are few. What it had said before holds all the same:
    /// a partner that it has left since may be closed.
    /// </summary>
    [Fact]
    public void What_the_lane_has_said_holds_while_it_says_something_new()
    {
        var lane = new Thread(() =>
        {
            for (var number = 1; number <= Writes; number++)
            {
                _pair->Aim(new MediaTarget { Rtp = Endpoint(number) });
                Volatile.Write(ref _told, number);
            }
        });
        lane.Start();
        try
        {
            for (var told = 0; told < Writes;)
            {
                told = Volatile.Read(ref _told);
                _pair->Refresh();
                if (told > 0)
                {
                    var seen = _pair->Active.Rtp.ToEndpoint();
                    Assert.InRange(Number(seen), told, Writes);
                    Assert.Equal(Endpoint(Number(seen)), seen);
                }
            }
        }
        finally
        {
            lane.Join();
        }

        Assert.True(_pair->IsUpToDate);
    }
}
