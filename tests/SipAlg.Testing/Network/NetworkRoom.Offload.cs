using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace SipAlg.Testing.Network;

/// <content>Checksums as on a wire.</content>
public sealed partial class NetworkRoom
{
    private const ulong EthtoolRequest = 0x8946;
    private const uint SetTransmitChecksum = 0x17;

    /// <summary>Packets leave an interface with complete checksums, which the other end verifies; between virtual interfaces they are otherwise left out.</summary>
    public unsafe void CompleteChecksums(string name) => Do(() =>
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        var value = stackalloc uint[2] { SetTransmitChecksum, 0 };
        var request = stackalloc byte[40];
        new Span<byte>(request, 40).Clear();
        Encoding.ASCII.GetBytes(name, new Span<byte>(request, 15));
        *(uint**)(request + 16) = value;
        if (IoControl((int)socket.Handle, EthtoolRequest, request) != 0)
        {
            throw new InvalidOperationException($"{name}: no choice of checksums (errno {Marshal.GetLastPInvokeError()})");
        }
    });

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static unsafe partial int IoControl(int descriptor, ulong request, void* argument);
}
