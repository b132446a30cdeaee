namespace SipAlg.Linux;

/// <summary>What the kernel says of packets that a socket did not get.</summary>
public static unsafe class SocketDrops
{
    /// <summary>SK_MEMINFO_DROPS is the last of nine (linux/sock_diag.h).</summary>
    private const int Values = 9;

    /// <summary>
    /// Datagrams dropped on a socket since it was opened, its receive buffer being full or a checksum wrong; 0 where the kernel does not
    /// tell (before 4.12).
    /// </summary>
    public static uint Of(int fd)
    {
        var values = stackalloc uint[Values];
        var length = (uint)(Values * sizeof(uint));
        return LibC.GetSockOpt(fd, SocketConstants.SolSocket, SocketConstants.SoMemInfo, values, &length) < 0 || length < Values * sizeof(uint) ? 0 : values[Values - 1];
    }
}
