namespace SipAlg.Linux.Netlink;

/// <summary>Tells that interfaces, addresses or routes have changed, by a descriptor that becomes readable. For one thread.</summary>
public sealed class NetworkChanges : IDisposable
{
    private const uint Links = 1;
    private const uint V4Addresses = 0x10;
    private const uint V4Routes = 0x40;
    private const uint V6Addresses = 0x100;
    private const uint V6Routes = 0x400;

    private readonly NetlinkSocket _socket = new(Links | V4Addresses | V4Routes | V6Addresses | V6Routes);

    public int Descriptor => _socket.Descriptor;

    /// <summary>Takes all that has been told; true when there was something, also when some of it was lost.</summary>
    public bool Take()
    {
        var changed = false;
        while (!_socket.Receive().IsEmpty)
        {
            changed = true;
        }

        changed |= _socket.IsOverrun;
        _socket.IsOverrun = false;
        return changed;
    }

    public void Dispose() => _socket.Dispose();
}
