using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace SipAlg.Interop.Tests.Tls;

/// <summary>Somebody who listens for TLS with this certificate, and says nothing.</summary>
internal sealed class TlsServer : IDisposable
{
    private readonly TcpListener _listener;
    private readonly X509Certificate2 _certificate;

    public TlsServer(IPEndPoint endpoint, X509Certificate2 certificate)
    {
        (_listener, _certificate) = (new TcpListener(endpoint), certificate);
        _listener.Start();
        _ = AcceptAsync();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptSocketAsync());
            }
            catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await using var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(_certificate, null, offline: true) });
            _ = await stream.ReadAsync(new byte[1]);
        }
        catch (Exception fault) when (fault is IOException or AuthenticationException)
        {
            // The gateway has said what it thinks of the certificate.
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        _certificate.Dispose();
    }
}
