import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.string.StringDecoder;
import io.netty.handler.codec.string.StringEncoder;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** Netty as its guide has it: line frames, strings, flushed when the read is complete. */
public class LinesNetty {
  static final ChannelGroup everyone = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

  static class Echo extends SimpleChannelInboundHandler<String> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, String line) {
      context.write(line + "\n");
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      context.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }

  static class Subscriber extends Echo {
    @Override
    public void channelActive(ChannelHandlerContext context) {
      everyone.add(context.channel());
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, String line) {
      everyone.write(line + "\n", channel -> channel != context.channel());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      everyone.flush();
    }
  }

  public static void main(String[] arguments) throws Exception {
    boolean isFan = arguments[0].equals("fan");
    Channel listener =
        new ServerBootstrap()
            .group(new NioEventLoopGroup(1))
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, 511)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(new LineBasedFrameDecoder(16384));
                    channel.pipeline().addLast(new StringDecoder(StandardCharsets.UTF_8));
                    channel.pipeline().addLast(new StringEncoder(StandardCharsets.UTF_8));
                    channel.pipeline().addLast(isFan ? new Subscriber() : new Echo());
                  }
                })
            .bind("127.0.0.1", 0)
            .sync()
            .channel();
    System.out.println("listening on " + ((InetSocketAddress) listener.localAddress()).getPort());
  }
}
